import {
  decodeBase64Url,
  deepFreeze,
  MAX_JSON_DEPTH,
  parseStrict,
  parseUnfrozen,
} from '../lib/json.ts';
import { memoize } from '../lib/memoize.ts';
import { ownProperty } from '../lib/own-property.ts';
import { base64UrlText } from '../lib/shared-buffer.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenHeader } from '../model/token-header.ts';
import { type Algorithm, algorithmOf } from './algorithms.ts';

/**
 * Longer tokens are refused before anything is decoded, unless `token.maxBytes` says otherwise. Node's
 * own limit for all headers together is 16 KiB.
 */
export const MAX_TOKEN_LENGTH = 16_384;

// RFC 7515 §4.1.11, RFC 7797, RFC 7516: extensions that would change what the signature means.
const UNSUPPORTED = ['crit', 'b64', 'zip', 'enc'] as const;

/** A header whose form was checked; nothing in it is trusted. */
export interface UnverifiedHeader {
  /** `undefined` for a name that is none of ours: no issuer can accept it. */
  readonly algorithm: Algorithm | undefined;
  readonly kid: string | undefined;
  readonly parameters: TokenHeader;
}

/** A token taken apart. **Nothing of it is verified**: it says what its sender wishes to say. */
export interface UnverifiedJws {
  readonly header: UnverifiedHeader;
  /** Not frozen yet; nested at most as deep as `JSON.parse` takes in 1 KB. */
  readonly claims: TokenClaims;
  /** What was signed (RFC 7515 §5.2 step 8): canonical base64url and a dot. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** Takes a token apart, or says why it is none. Never throws. */
export type JwsParser = (token: string) => UnverifiedJws | AuthErrorReason;

/**
 * Makes a parser for the JWS compact serialization (RFC 7515 §7.1) of JWTs.
 *
 * Checks: size, three segments, strict base64url, JSON objects in UTF-8 of bounded depth, a header in
 * which no member stands twice (RFC 7515 §4), no extension that changes the meaning. Of claims that stand
 * twice the last counts (RFC 7519 §4): to look for them costs each new token 0.9 µs. Where that is no
 * matter, `readClaims` is `parseStrict`. Does not check that `alg` is accepted, nor the signature or any claim;
 * ignores `jwk`, `jku`, `x5u`, `x5c`, since keys never come from a token.
 */
export function createJwsParser(
  maxLength: number = MAX_TOKEN_LENGTH,
  readClaims: typeof parseUnfrozen = parseUnfrozen,
): JwsParser {
  const headerOf = memoize(parseHeader, { entries: 256, maxLength: 512 });

  return function parseJws(token) {
    if (token.length > maxLength) return 'token_too_large';
    const firstDot = token.indexOf('.');
    const lastDot = token.indexOf('.', firstDot + 1);
    if (firstDot < 1 || lastDot < 0 || token.indexOf('.', lastDot + 1) >= 0)
      return 'token_malformed';

    const header = headerOf(token.slice(0, firstDot));
    if (typeof header === 'string') return header;

    const signature = decodeBase64Url(token.slice(lastDot + 1));
    if (signature === undefined) return 'token_malformed';
    const payload = base64UrlText(token.slice(firstDot + 1, lastDot));
    const claims = payload === undefined ? undefined : readClaims(payload);
    if (claims === undefined) return 'token_malformed';
    return { header, claims, signingInput: token.slice(0, lastDot), signature };
  };
}

function parseHeader(segment: string): UnverifiedHeader | AuthErrorReason {
  const bytes = decodeBase64Url(segment);
  const parameters = bytes && parseStrict(bytes);
  if (parameters === undefined || !deepFreeze(parameters, MAX_JSON_DEPTH)) return 'token_malformed';
  const alg = ownProperty(parameters, 'alg');
  const kid = ownProperty(parameters, 'kid');
  const typ = ownProperty(parameters, 'typ');
  if (typeof alg !== 'string') return 'token_malformed';
  if (kid !== undefined && typeof kid !== 'string') return 'token_malformed';
  if (typ !== undefined && typeof typ !== 'string') return 'token_malformed';
  if (UNSUPPORTED.some((name) => Object.hasOwn(parameters, name))) return 'header_unsupported';
  return { algorithm: algorithmOf(alg), kid, parameters };
}
