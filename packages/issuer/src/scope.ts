/** RFC 6749 §3.3: scope-token. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** Whether a value is one scope: printable ASCII without space, `"` and `\` (RFC 6749 §3.3). */
export function isScope(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value);
}

/**
 * The scopes of a `scope` parameter (RFC 6749 §3.3), each once, in the order given; `undefined`
 * when it does not follow the grammar: one space between scopes, none at either end.
 */
export function parseScope(value: string): readonly string[] | undefined {
  const scopes = value.split(' ');
  return scopes.every(isScope) ? [...new Set(scopes)] : undefined;
}
