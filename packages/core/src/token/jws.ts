import { LRUCache } from 'lru-cache';
import type { TokenClaims } from '../principal.ts';
import type { TokenHeader } from '../providers/provider.ts';
import type { AuthErrorReason } from '../reasons.ts';
import { decodeBase64Url, parseJsonObject, parseUnfrozen } from './json.ts';
import { type Algorithm, algorithmOf } from './signature.ts';

/** Longer tokens are refused before anything is decoded. Node's own header limit is 16 KiB. */
export const MAX_TOKEN_LENGTH = 16_384;

/** Header segments repeat from token to token: this many distinct ones are kept decoded. */
const HEADERS_KEPT = 256;
/** Longer header segments are decoded each time, so that strangers cannot fill the memory. */
const MAX_KEPT_HEADER_LENGTH = 512;

// RFC 7515 §4.1.11, RFC 7797, RFC 7516: extensions that would change what the signature means.
const UNSUPPORTED = ['crit', 'b64', 'zip', 'enc'] as const;

/** A header whose form was checked; nothing in it is trusted. */
export interface UnverifiedHeader {
  readonly algorithm: Algorithm;
  readonly kid: string | undefined;
  readonly parameters: TokenHeader;
}

/** A token taken apart. **Nothing of it is verified**: it says what its sender wishes to say. */
export interface UnverifiedJws {
  readonly header: UnverifiedHeader;
  /** Not frozen yet; nested at most as deep as `JSON.parse` takes in 1 KB. */
  readonly claims: TokenClaims;
  /** What was signed (RFC 7515 §5.2 step 8). */
  readonly signingInput: Uint8Array;
  readonly signature: Uint8Array;
}

interface KeptHeader {
  readonly segment: string;
  readonly header: UnverifiedHeader;
}

/** Takes a token apart, or says why it is none. Never throws. */
export type JwsParser = (token: string) => UnverifiedJws | AuthErrorReason;

/**
 * Makes a parser for the JWS compact serialization (RFC 7515 §7.1) of JWTs.
 *
 * Checks: size, three segments, strict base64url, JSON objects in UTF-8 of bounded depth, a known
 * `alg`, no extension that changes the meaning. Does not check the signature or any claim; ignores
 * `jwk`, `jku`, `x5u`, `x5c`, since keys never come from a token.
 */
export function createJwsParser(): JwsParser {
  const headers = new LRUCache<string, KeptHeader>({ max: HEADERS_KEPT });
  let latest: KeptHeader | undefined;

  function headerOf(segment: string): UnverifiedHeader | AuthErrorReason {
    // Mostly the same as the header before: comparing costs a tenth of looking up.
    if (segment === latest?.segment) return latest.header;
    latest = headers.get(segment);
    if (latest !== undefined) return latest.header;
    const header = parseHeader(segment);
    if (typeof header === 'string' || segment.length > MAX_KEPT_HEADER_LENGTH) return header;
    latest = { segment: detached(segment), header };
    headers.set(latest.segment, latest);
    return header;
  }

  return function parseJws(token) {
    if (token.length > MAX_TOKEN_LENGTH) return 'token_too_large';
    const firstDot = token.indexOf('.');
    const lastDot = token.indexOf('.', firstDot + 1);
    if (firstDot < 1 || lastDot < 0 || token.indexOf('.', lastDot + 1) >= 0)
      return 'token_malformed';

    const header = headerOf(token.slice(0, firstDot));
    if (typeof header === 'string') return header;

    const payload = decodeBase64Url(token.slice(firstDot + 1, lastDot));
    const signature = decodeBase64Url(token.slice(lastDot + 1));
    if (payload === undefined || signature === undefined) return 'token_malformed';
    const claims = parseUnfrozen(payload);
    if (claims === undefined) return 'token_malformed';
    // Both segments are canonical base64url by now, so every character is one byte.
    return {
      header,
      claims,
      signingInput: Buffer.from(token.slice(0, lastDot), 'latin1'),
      signature,
    };
  };
}

function parseHeader(segment: string): UnverifiedHeader | AuthErrorReason {
  const bytes = decodeBase64Url(segment);
  const parameters = bytes === undefined ? undefined : parseJsonObject(bytes);
  if (parameters === undefined) return 'token_malformed';
  const alg = own(parameters, 'alg');
  const kid = own(parameters, 'kid');
  const typ = own(parameters, 'typ');
  if (typeof alg !== 'string') return 'token_malformed';
  if (kid !== undefined && typeof kid !== 'string') return 'token_malformed';
  if (typ !== undefined && typeof typ !== 'string') return 'token_malformed';
  if (UNSUPPORTED.some((name) => Object.hasOwn(parameters, name))) return 'header_unsupported';
  const algorithm = algorithmOf(alg);
  return algorithm === undefined ? 'algorithm_not_allowed' : { algorithm, kid, parameters };
}

/** A copy: V8 makes a slice by reference, and a kept one would keep the whole token in memory. */
function detached(segment: string): string {
  return Buffer.from(segment, 'latin1').toString('latin1');
}

function own(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}
