/**
 * Sends one command, such as `['SET', 'name', 'value']`, and resolves with the server's reply. Rejects when the
 * server answers with an error, or does not answer. Texts are UTF-8.
 *
 * `key` is the key that the command is about. Clients of a cluster need it to find the node; other clients can
 * ignore it. All keys of one command are on one node.
 */
export type RedisCommand = (args: readonly string[], key: string) => PromiseLike<unknown>;
