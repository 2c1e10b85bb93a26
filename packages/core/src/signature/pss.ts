import { createPublicKey, type KeyObject } from 'node:crypto';

/** The hashes of PS256, PS384 and PS512 (RFC 7518 §3.5). */
export type PssHash = 'sha256' | 'sha384' | 'sha512';

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
const NO_UNUSED_BITS = Buffer.of(0);

/**
 * The AlgorithmIdentifier of RSASSA-PSS in DER (RFC 4055 §3.1), with the same hash for the message and for MGF1, and a
 * salt as long as the hash.
 */
const ALGORITHM_IDENTIFIERS: Readonly<Record<PssHash, Buffer>> = {
  sha256: pssIdentifier('01', '20'),
  sha384: pssIdentifier('02', '30'),
  sha512: pssIdentifier('03', '40'),
};

const bound = new WeakMap<KeyObject, Map<PssHash, KeyObject>>();

/**
 * Makes a copy of an RSA key that is only for RSASSA-PSS with this hash and a salt exactly as long as the hash (RFC 7518
 * §3.5). OpenSSL can verify with it without further options, which would make a verification 50 % slower on Node 24.
 * The copy is made once for each key and hash.
 */
export function pssKeyOf(key: KeyObject, hash: PssHash): KeyObject {
  const keys = bound.get(key) ?? new Map<PssHash, KeyObject>();
  const known = keys.get(hash);
  if (known !== undefined) return known;
  const numbers = key.export({ format: 'der', type: 'pkcs1' });
  const info = tagged(
    SEQUENCE,
    ALGORITHM_IDENTIFIERS[hash],
    tagged(BIT_STRING, NO_UNUSED_BITS, numbers),
  );
  const made = createPublicKey({ key: info, format: 'der', type: 'spki' });
  bound.set(key, keys.set(hash, made));
  return made;
}

/** `hash` is the last byte of the hash's object identifier, `salt` the salt's length; in hexadecimal. */
function pssIdentifier(hash: string, salt: string): Buffer {
  const sha2 = `300d06096086480165030402${hash}0500`;
  const mgf1 = `301a06092a864886f70d010108${sha2}`;
  const parameters = `a00f${sha2}a11c${mgf1}a2030201${salt}`;
  return Buffer.from(`304106092a864886f70d01010a3034${parameters}`, 'hex');
}

/** Writes a value in DER: tag, length, contents (X.690 §8.1). For at most 65,535 bytes; every key has fewer. */
function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.concat(contents);
  const { length } = bytes;
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), bytes]);
}
