import { constants, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pssKeyOf } from '../../src/signature/pss.ts';

const HASHES = [
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
] as const;
const SIZES = [2_048, 3_072, 4_096] as const;

const pairs = new Map(
  SIZES.map((modulusLength) => [modulusLength, generateKeyPairSync('rsa', { modulusLength })]),
);

function pairOf(bits: (typeof SIZES)[number]) {
  return pairs.get(bits) ?? expect.unreachable();
}

const data = Buffer.from('ten green bottles');

function signed(hash: string, key: KeyObject, saltLength: number): Buffer {
  return sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
}

describe.each(HASHES)('an RSA key bound to RSASSA-PSS with %s', (hash, saltLength) => {
  it.each(SIZES)('is the same key, with %i bits', (bits) => {
    const { publicKey } = pairOf(bits);
    const key = pssKeyOf(publicKey, hash);
    expect(key.asymmetricKeyType).toBe('rsa-pss');
    expect(key.asymmetricKeyDetails).toEqual({
      ...publicKey.asymmetricKeyDetails,
      hashAlgorithm: hash,
      mgf1HashAlgorithm: hash,
      saltLength,
    });
    // Every encoding of a public key ends with its two numbers (RFC 8017 A.1.1).
    const numbers = publicKey.export({ format: 'der', type: 'pkcs1' });
    const info = key.export({ format: 'der', type: 'spki' });
    expect(info.subarray(-numbers.length).equals(numbers)).toBe(true);
  });

  it('verifies only with a salt as long as the hash', () => {
    const { publicKey, privateKey } = pairOf(2_048);
    const key = pssKeyOf(publicKey, hash);
    const lengths = [0, 20, saltLength - 1, saltLength, saltLength + 1, 2 * saltLength];
    const taken = lengths.filter((length) =>
      verify(hash, data, key, signed(hash, privateKey, length)),
    );
    expect(taken).toEqual([saltLength]);
  });

  it('verifies no signature of PKCS #1 v1.5, of another key, or with another hash', () => {
    const { publicKey, privateKey } = pairOf(2_048);
    const key = pssKeyOf(publicKey, hash);
    const good = signed(hash, privateKey, saltLength);
    expect(verify(hash, data, key, good)).toBe(true);
    expect(verify(hash, Buffer.from('nine'), key, good)).toBe(false);
    expect(verify(hash, data, key, sign(hash, data, privateKey))).toBe(false);
    const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    expect(verify(hash, data, key, signed(hash, other.privateKey, saltLength))).toBe(false);
    const otherHash = hash === 'sha256' ? 'sha384' : 'sha256';
    expect(() => verify(otherHash, data, key, signed(otherHash, privateKey, saltLength))).toThrow();
  });

  it('is made once', () => {
    const { publicKey } = pairOf(2_048);
    expect(pssKeyOf(publicKey, hash)).toBe(pssKeyOf(publicKey, hash));
  });
});

it('each hash has its own key', () => {
  const { publicKey } = pairOf(2_048);
  expect(new Set(HASHES.map(([hash]) => pssKeyOf(publicKey, hash))).size).toBe(3);
});
