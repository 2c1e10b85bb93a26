import { decodeBase64Url, parseUnfrozen } from '../lib/json.ts';
import { isToken68 } from '../lib/token68.ts';

/** Characters. A longer opaque token is refused at once. */
const MAX_OPAQUE_LENGTH = 4_096;
/** Characters. No provider has a longer JWT header; a longer one is not decoded here. */
const MAX_HEADER_LENGTH = 8_192;

/**
 * Whether a token has the form of a JWT: three segments, and the first one decodes to a JSON object with `alg` (RFC
 * 7515 §7.1). Two dots alone are not enough: the opaque example token of RFC 9449 has them, too. An encrypted token
 * (JWE, five segments) does not count as a JWT, because it cannot be read here.
 */
export function isJwtShaped(token: string): boolean {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < 0 || token.indexOf('.', second + 1) >= 0) return false;
  if (first > MAX_HEADER_LENGTH) return true;
  const bytes = decodeBase64Url(token.slice(0, first));
  const header = bytes && parseUnfrozen(bytes);
  return header !== undefined && Object.hasOwn(header, 'alg');
}

/**
 * Whether a token is opaque and can be introspected: a `token68` (RFC 6750 §2.1) of at most 4,096 characters that
 * does not have the form of a JWT. The reader of JWTs refuses every other text, without asking a server.
 */
export function isOpaque(token: string): boolean {
  return token.length <= MAX_OPAQUE_LENGTH && isToken68(token) && !isJwtShaped(token);
}
