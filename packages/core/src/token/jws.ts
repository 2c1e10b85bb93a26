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
 * The default size limit of a token; the option `token.maxBytes` changes it. A longer token is refused before it is
 * decoded. Node's own limit for all headers of a request together is 16 KiB.
 */
export const MAX_TOKEN_LENGTH = 16_384;

// Header parameters that would change what is signed (RFC 7515 §4.1.11, RFC 7797, RFC 7516).
const UNSUPPORTED = ['crit', 'b64', 'zip', 'enc'] as const;

/** The header of a token. Its form was checked, but **nothing of it is verified.** */
export interface UnverifiedHeader {
  /** `undefined` if `alg` names no algorithm that we know. Such a token is always refused. */
  readonly algorithm: Algorithm | undefined;
  readonly kid: string | undefined;
  readonly parameters: TokenHeader;
}

/** The parts of a token. **Nothing of it is verified**: its sender may have written anything. */
export interface UnverifiedJws {
  readonly header: UnverifiedHeader;
  /** Not frozen yet. A payload of up to 1 KB may be nested deeper than {@link MAX_JSON_DEPTH}. */
  readonly claims: TokenClaims;
  /** The signed text (RFC 7515 §5.2 step 8): header and payload in base64url, with a dot between them. */
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** Parses a token, or gives the reason why it cannot be parsed. Never throws. */
export type JwsParser = (token: string) => UnverifiedJws | AuthErrorReason;

/**
 * Makes a parser for the JWS compact serialization (RFC 7515 §7.1) of JWTs.
 *
 * Checks the size, the three segments, strict base64url, that header and payload are JSON objects in UTF-8, that no
 * member of the header occurs twice (RFC 7515 §4), and that the header has no unsupported extension.
 *
 * If a claim occurs twice, the last one counts, as RFC 7519 §4 allows. To refuse such a token takes 0.9 µs longer per new
 * token; `readClaims: parseStrict` does that.
 *
 * Does not check whether `alg` is accepted, nor the signature, nor any claim. `jwk`, `jku`, `x5u` and `x5c` are ignored,
 * because keys never come from a token.
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
