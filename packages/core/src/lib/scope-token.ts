// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ).
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Whether `value` is a single scope by the grammar of RFC 6749 §3.3: printable ASCII without space, `"` and `\`. Such a
 * text can be written into a challenge unchanged. It does not check whether an issuer knows the scope.
 */
export function isScopeToken(value: unknown): value is string {
  return typeof value === 'string' && SCOPE_TOKEN.test(value);
}
