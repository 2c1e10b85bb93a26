/**
 * Sends one command, and gives the server's reply: `['SET', 'name', 'value']`. Rejects when the server
 * answers with an error, or does not answer. Texts are UTF-8.
 *
 * `key` is the key that the command is about, for clients of a cluster that have to be told where to send
 * it; others need not look at it. All keys of a command are kept on one node.
 */
export type RedisCommand = (args: readonly string[], key: string) => PromiseLike<unknown>;
