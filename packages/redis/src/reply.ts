/** The server's reply has a form that this command never has. Perhaps the server is not Redis. */
export class UnexpectedReplyError extends TypeError {
  constructor(command: string) {
    super(`Redis answered ${command} in a form that this command does not have`);
    this.name = 'UnexpectedReplyError';
  }
}

/** The reply as text, or `undefined` for the null reply. Throws {@link UnexpectedReplyError} for anything else. */
export function optionalText(reply: unknown, command: string): string | undefined {
  if (reply === null || reply === undefined) return undefined;
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array) return new TextDecoder().decode(reply);
  throw new UnexpectedReplyError(command);
}

/** The reply as text. Throws {@link UnexpectedReplyError} for anything else, also for the null reply. */
export function text(reply: unknown, command: string): string {
  const found = optionalText(reply, command);
  if (found === undefined) throw new UnexpectedReplyError(command);
  return found;
}

/** The reply as a list. Throws {@link UnexpectedReplyError} for anything else. */
export function list(reply: unknown, command: string): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new UnexpectedReplyError(command);
}

/**
 * The reply as pairs of a name and a value. It comes as a flat list, a list of pairs, a `Map` or an object,
 * depending on the client and the version of the protocol. Throws {@link UnexpectedReplyError} for anything
 * else.
 */
export function pairs(reply: unknown, command: string): readonly (readonly [string, unknown])[] {
  if (Array.isArray(reply)) return reply.every(isPair) ? reply : flatPairs(reply, command);
  if (reply instanceof Map) {
    return [...reply].map(([name, value]) => [text(name, command), value]);
  }
  if (typeof reply === 'object' && reply !== null) return Object.entries(reply);
  throw new UnexpectedReplyError(command);
}

function isPair(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';
}

function flatPairs(flat: readonly unknown[], command: string): [string, unknown][] {
  if (flat.length % 2 !== 0) throw new UnexpectedReplyError(command);
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    text(flat[2 * index], command),
    flat[2 * index + 1],
  ]);
}
