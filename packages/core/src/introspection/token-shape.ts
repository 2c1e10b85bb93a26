import { decodeBase64Url, parseUnfrozen } from '../lib/json.ts';
import { isToken68 } from '../lib/token68.ts';

/** Characters. Longer opaque tokens are refused before anything is done with them. */
const MAX_OPAQUE_LENGTH = 4_096;
/** A JWT's header is read up to here: no header of any provider is longer. */
const MAX_HEADER_LENGTH = 8_192;

/**
 * Whether a token is a JWT by its form: three segments, of which the first decodes to a JSON object with
 * `alg` (RFC 7515 §7.1). Dots alone prove nothing: the example token of RFC 9449 has two. What has five
 * segments (JWE) is no JWT that could be read here.
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
 * Whether a token is opaque, to be introspected: no JWT by its form, a `token68` (RFC 6750 §2.1) of at
 * most 4,096 characters. Whatever is neither is refused by the reader of JWTs, without a request.
 */
export function isOpaque(token: string): boolean {
  return token.length <= MAX_OPAQUE_LENGTH && isToken68(token) && !isJwtShaped(token);
}
