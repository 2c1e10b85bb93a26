import { prepareKey } from '../keys/prepare-key.ts';
import { decodeBase64Url, isPlainObject, isStringList } from '../lib/json.ts';
import { ownProperty, ownString } from '../lib/own-property.ts';
import { sha256Base64Url } from '../lib/sha256.ts';
import { base64UrlView } from '../lib/shared-buffer.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import { ALGORITHM_FACTS, type Algorithm, algorithmOf } from '../token/algorithms.ts';

/** The public key of a proof, as the text of its JWK says. It was not checked whether the numbers form a key. */
export interface UnverifiedProofKey {
  /** JWK thumbprint (RFC 7638) with SHA-256, in base64url. */
  readonly thumbprint: string;
  /** Only the members that define the key. */
  readonly members: Readonly<Record<string, string>>;
}

/** RFC 7517 §4, RFC 7518 §6: a JWK with one of these members is private or symmetric. */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'] as const;

const MIN_RSA_BITS = 2_048;
/** A larger modulus makes each verification expensive for us. */
const MAX_RSA_BITS = 4_096;
/** Real keys have 3 or 65537. A long exponent would only make verification slow. */
const MAX_RSA_EXPONENT = 2 ** 32 - 1;

/** Length of each coordinate in bytes (RFC 7518 §6.2.1.2, RFC 8037 §2). */
const COORDINATE_BYTES = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 } as const;

/**
 * Reads the `jwk` of a proof for an algorithm (RFC 9449 §4.2). Gives `undefined` for a key that cannot be used:
 * a private or symmetric key, another type or curve, RSA of less than 2,048 or more than 4,096 bits, an RSA
 * exponent that is even or below 3, a key that is not for signatures, or one that is not written as RFC 7518 §6
 * says. `kid`, `jku`, `x5u` and `x5c` are ignored.
 *
 * It only reads the text, and costs one hash. It does not check whether a point is on its curve;
 * {@link importProofKey} does.
 */
export function readProofKey(jwk: unknown, algorithm: Algorithm): UnverifiedProofKey | undefined {
  if (!isPlainObject(jwk)) return undefined;
  if (SECRET_MEMBERS.some((name) => Object.hasOwn(jwk, name))) return undefined;
  if (!isForSignatures(jwk)) return undefined;
  const alg = ownProperty(jwk, 'alg');
  if (alg !== undefined && algorithmOf(alg) !== algorithm) return undefined;
  const { kty, crv } = ALGORITHM_FACTS[algorithm];
  if (ownProperty(jwk, 'kty') !== kty || (crv !== undefined && ownProperty(jwk, 'crv') !== crv)) {
    return undefined;
  }
  const members = crv === undefined ? rsaMembers(jwk) : curveMembers(jwk, kty, crv);
  // RFC 7638 §3.3: the required members in the order of their names. Base64url needs no escaping.
  return members && { members, thumbprint: sha256Base64Url(JSON.stringify(members)) };
}

/** Prepares the key for verification. `undefined` when it is not a key, for example a point that is not on the curve. */
export function importProofKey(
  { members }: UnverifiedProofKey,
  algorithm: Algorithm,
): VerificationKey | undefined {
  const key = prepareKey({ ...members, alg: algorithm });
  return typeof key === 'string' ? undefined : key;
}

function isForSignatures(jwk: Readonly<Record<string, unknown>>): boolean {
  const use = ownProperty(jwk, 'use');
  const operations = ownProperty(jwk, 'key_ops');
  return (
    (use === undefined || use === 'sig') &&
    (operations === undefined || (isStringList(operations) && operations.includes('verify')))
  );
}

function curveMembers(
  jwk: Readonly<Record<string, unknown>>,
  kty: 'EC' | 'OKP' | 'RSA',
  crv: keyof typeof COORDINATE_BYTES,
): Readonly<Record<string, string>> | undefined {
  const x = coordinate(jwk, 'x', crv);
  if (x === undefined) return undefined;
  if (kty === 'OKP') return { crv, kty, x };
  const y = coordinate(jwk, 'y', crv);
  return y === undefined ? undefined : { crv, kty, x, y };
}

function coordinate(
  jwk: object,
  name: 'x' | 'y',
  crv: keyof typeof COORDINATE_BYTES,
): string | undefined {
  const text = ownString(jwk, name);
  return text !== undefined && base64UrlView(text)?.byteLength === COORDINATE_BYTES[crv]
    ? text
    : undefined;
}

function rsaMembers(
  jwk: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const n = ownString(jwk, 'n');
  const e = ownString(jwk, 'e');
  const modulus = n === undefined ? undefined : unsignedBytes(n, MAX_RSA_BITS / 8);
  const exponent = e === undefined ? undefined : unsignedBytes(e, 4);
  if (n === undefined || e === undefined || modulus === undefined || exponent === undefined) {
    return undefined;
  }
  const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0);
  const isSound = value >= 3 && value <= MAX_RSA_EXPONENT && value % 2 === 1;
  return bitsOf(modulus) >= MIN_RSA_BITS && isSound ? { e, kty: 'RSA', n } : undefined;
}

/** Decodes a number without leading zero bytes (RFC 7518 §6.3.1), so that each number has only one spelling. */
function unsignedBytes(text: string, maxBytes: number): Uint8Array | undefined {
  // The length is checked first, so that a long text is never decoded.
  if (text.length > Math.ceil((maxBytes * 4) / 3)) return undefined;
  const bytes = decodeBase64Url(text);
  return bytes === undefined || bytes.byteLength > maxBytes || !bytes[0] ? undefined : bytes;
}

function bitsOf(bytes: Uint8Array): number {
  return (bytes.byteLength - 1) * 8 + 32 - Math.clz32(bytes[0] ?? 0);
}
