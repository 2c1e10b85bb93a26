import type { RequestView } from '../http/request-view.ts';
import { decodeBase64Url, parseStrict } from '../lib/json.ts';
import { ownProperty, ownString } from '../lib/own-property.ts';
import { base64UrlText } from '../lib/shared-buffer.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import { type Algorithm, algorithmOf } from '../token/algorithms.ts';
import { readProofKey, type UnverifiedProofKey } from './proof-key.ts';

/** Characters. A longer proof is refused before it is decoded. A proof with an RSA key of 4,096 bits has 2,300. */
export const MAX_PROOF_LENGTH = 4_000;
const MAX_JTI_LENGTH = 512;

// Header parameters that would change what is signed (RFC 7515 §4.1.11, RFC 7797, RFC 7516).
const UNSUPPORTED = ['crit', 'b64', 'zip', 'enc'] as const;

/** The header of a proof. Its form was checked, but **nothing of it is verified.** */
export interface UnverifiedProofHeader {
  readonly algorithm: Algorithm;
  readonly key: UnverifiedProofKey;
}

/** The claims of a proof (RFC 9449 §4.2). Their types were checked, but **nothing of them is verified.** */
export interface UnverifiedProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** Seconds since the epoch. */
  readonly iat: number;
  readonly ath: string;
  readonly nonce: string | undefined;
  /** `exp` and `nbf` are optional in a proof, and are checked when present (RFC 7519 §4.1.4, §4.1.5). */
  readonly exp: number | undefined;
  readonly nbf: number | undefined;
}

/** The three parts of a proof. */
export interface ProofParts {
  /** In base64url. It is the same in all proofs of one client. */
  readonly header: string;
  readonly payload: string;
  readonly signingInput: string;
  readonly signature: Uint8Array;
}

/** Gives the parts of the proof in a request (RFC 9449 §4.3, items 1 and 2), or the reason why there is none. */
export function proofOf(request: RequestView): ProofParts | AuthErrorReason {
  const header = request.header('dpop');
  if (header === undefined) return 'proof_missing';
  const [first = '', ...more] = typeof header === 'string' ? [header] : header;
  // RFC 9110 §5.3: a proxy may join two headers with a comma. That is still two proofs.
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
 * Reads the header of a proof (RFC 9449 §4.3, items 3, 4, 5 and 7). Checks that `typ` is right, that `alg` is in
 * `algorithms`, and that `jwk` is a public key for it. The key is not yet prepared for verification.
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

/** Reads the claims of a proof (RFC 9449 §4.2, §4.3, item 3). Checks only their types. */
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
  // A number such as 1e309 is valid JSON, but is parsed as Infinity.
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

// RFC 9449 §4.2; RFC 7515 §4.1.9: a media type, so upper and lower case are equal, and "application/" is optional.
function isProofType(typ: unknown): boolean {
  return typeof typ === 'string' && /^(?:application\/)?dpop\+jwt$/i.test(typ);
}

/** Whether `jti` can be used as an id. Not with a lone surrogate: different ones become the same bytes in UTF-8. */
function isProofId(jti: string): boolean {
  const isBounded = jti !== '' && jti.length <= MAX_JTI_LENGTH;
  return isBounded && !jti.includes('\0') && !/\p{Surrogate}/u.test(jti);
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value);
}
