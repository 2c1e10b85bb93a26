/** A reply of the server has another form than its command gives: something else answers. */
export class UnexpectedReplyError extends TypeError {
  constructor(command: string) {
    super(`Redis answered ${command} with something else than that command gives`);
    this.name = 'UnexpectedReplyError';
  }
}

/** A text, or `undefined` for the null reply. */
export function optionalText(reply: unknown, command: string): string | undefined {
  if (reply === null || reply === undefined) return undefined;
  if (typeof reply === 'string') return reply;
  if (reply instanceof Uint8Array) return new TextDecoder().decode(reply);
  throw new UnexpectedReplyError(command);
}

/** A text. */
export function text(reply: unknown, command: string): string {
  const found = optionalText(reply, command);
  if (found === undefined) throw new UnexpectedReplyError(command);
  return found;
}

/** A list. */
export function list(reply: unknown, command: string): readonly unknown[] {
  if (Array.isArray(reply)) return reply;
  throw new UnexpectedReplyError(command);
}

/** Names and values, in whatever form a version of the protocol and a client give them. */
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
