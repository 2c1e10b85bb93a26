import type { RequestView } from '../http/request-view.ts';
import { decodeBase64Url, parseStrict } from '../lib/json.ts';
import { ownProperty, ownString } from '../lib/own-property.ts';
import { base64UrlText } from '../lib/shared-buffer.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { type Algorithm, algorithmOf } from '../token/algorithms.ts';
import { readProofKey, type UnverifiedProofKey } from './proof-key.ts';

/** Longer proofs are refused before anything is decoded. One with an RSA key of 4,096 bits has 2,300. */
export const MAX_PROOF_LENGTH = 4_000;
const MAX_JTI_LENGTH = 512;

// RFC 7515 §4.1.11, RFC 7797, RFC 7516: extensions that would change what the signature means.
const UNSUPPORTED = ['crit', 'b64', 'zip', 'enc'] as const;

/** The header of a proof, whose form was checked. **Nothing of it is verified.** */
export interface UnverifiedProofHeader {
  readonly algorithm: Algorithm;
  readonly key: UnverifiedProofKey;
}

/** The claims of a proof, whose form was checked (RFC 9449 §4.2). **Nothing of it is verified.** */
export interface UnverifiedProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly ath: string;
  readonly nonce: string | undefined;
  /** RFC 7519 §4.1.4, §4.1.5: no proof needs them, and they count where they are. */
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
}

/** A proof's three parts. */
export interface ProofParts {
  /** base64url, which repeats from proof to proof of one client. */
  readonly header: string;
  readonly payload: string;
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** The proof of a request in its parts (RFC 9449 §4.3, items 1 and 2), or why there is none. */
export function proofOf(request: RequestView): ProofParts | AuthErrorReason {
  const header = request.header('dpop');
  if (header === undefined) return 'proof_missing';
  const [first = '', ...more] = typeof header === 'string' ? [header] : header;
  // RFC 9110 §5.3: a proxy may join two headers by a comma. They are two proofs all the same.
  if (more.length > 0 || first.includes(',')) return 'proof_repeated';
  return first.length > MAX_PROOF_LENGTH ? 'proof_malformed' : partsOf(first);
}

function partsOf(proof: string): ProofParts | AuthErrorReason {
  const [header, payload, encodedSignature, ...rest] = proof.split('.', 4);
  if (!header || !payload || !encodedSignature || rest.length > 0) return 'proof_malformed';
  const signature = decodeBase64Url(encodedSignature);
  if (signature === undefined) return 'proof_malformed';
  return { header, payload, signature, signingInput: `${header}.${payload}` };
}

/**
 * Reads the header of a proof (RFC 9449 §4.3, items 3, 4, 5 and 7): `typ`, `alg` on the list, a public
 * key that fits it. The key's thumbprint is there; the key itself is not prepared yet.
 */
export function readProofHeader(
  segment: string,
  algorithms: readonly Algorithm[],
): UnverifiedProofHeader | AuthErrorReason {
  const header = jsonObjectOf(segment);
  if (header === undefined) return 'proof_malformed';
  const alg = ownProperty(header, 'alg');
  if (typeof alg !== 'string') return 'proof_malformed';
  if (UNSUPPORTED.some((name) => Object.hasOwn(header, name))) return 'proof_malformed';
  if (!isProofType(ownProperty(header, 'typ'))) return 'proof_type_invalid';
  const algorithm = algorithmOf(alg);
  if (algorithm === undefined || !algorithms.includes(algorithm)) {
    return 'proof_algorithm_not_allowed';
  }
  const key = readProofKey(ownProperty(header, 'jwk'), algorithm);
  return key === undefined ? 'proof_key_invalid' : { algorithm, key };
}

/** Reads the claims of a proof (RFC 9449 §4.2, §4.3, item 3): their types alone. */
export function readProofClaims(segment: string): UnverifiedProofClaims | AuthErrorReason {
  const claims = jsonObjectOf(segment);
  if (claims === undefined) return 'proof_malformed';
  const [jti, htm, htu, ath] = ['jti', 'htm', 'htu', 'ath'].map((name) => ownString(claims, name));
  const iat = ownProperty(claims, 'iat');
  const nonce = ownProperty(claims, 'nonce');
  const exp = ownProperty(claims, 'exp');
  const nbf = ownProperty(claims, 'nbf');
  if (htm === undefined || htu === undefined || ath === undefined) return 'proof_malformed';
  if (jti === undefined || !isProofId(jti)) return 'proof_malformed';
  // 1e309 is valid JSON and parses to Infinity.
  if (!isTime(iat) || iat < 0) return 'proof_malformed';
  if (exp !== undefined && !isTime(exp)) return 'proof_malformed';
  if (nbf !== undefined && !isTime(nbf)) return 'proof_malformed';
  if (nonce !== undefined && typeof nonce !== 'string') return 'proof_malformed';
  return { jti, htm, htu, iat, ath, nonce, exp, nbf };
}

function jsonObjectOf(segment: string): Readonly<Record<string, unknown>> | undefined {
  const text = base64UrlText(segment);
  return text === undefined ? undefined : parseStrict(text);
}

// RFC 9449 §4.2; RFC 7515 §4.1.9: a media type without case, "application/" optional.
function isProofType(typ: unknown): boolean {
  return typeof typ === 'string' && /^(?:application\/)?dpop\+jwt$/i.test(typ);
}

/** Not a lone surrogate: two of them would be one and the same in UTF-8. */
function isProofId(jti: string): boolean {
  const isBounded = jti !== '' && jti.length <= MAX_JTI_LENGTH;
  return isBounded && !jti.includes('\0') && !/\p{Surrogate}/u.test(jti);
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
