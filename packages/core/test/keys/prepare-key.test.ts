import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import { verifySignature } from '../verify-signature.ts';
import { bareJwk, preparedKey } from './prepared-key.ts';

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const p256 = ec('P-256');
const { publicKey: p384 } = ec('P-384');
const { publicKey: p521 } = ec('P-521');
const ed25519 = generateKeyPairSync('ed25519');

const rsaJwk = bareJwk(rsa.publicKey);
const ecJwk = bareJwk(p256.publicKey);
const edJwk = bareJwk(ed25519.publicKey);

describe('prepareKey', () => {
  it.each([
    ['RSA', rsaJwk, ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], 256],
    ['P-256', ecJwk, ['ES256'], 64],
    ['P-384', bareJwk(p384), ['ES384'], 96],
    ['P-521', bareJwk(p521), ['ES512'], 132],
    ['Ed25519', edJwk, ['EdDSA'], 64],
  ])('allows for a key of %s the algorithms that fit', (_what, jwk, algorithms, signatureBytes) => {
    expect(preparedKey(jwk)).toMatchObject({ kid: undefined, algorithms, signatureBytes });
  });

  it('allows only the key’s own alg if it has one', () => {
    expect(preparedKey({ ...rsaJwk, alg: 'PS384' }).algorithms).toEqual(['PS384']);
    expect(preparedKey({ ...edJwk, alg: 'Ed25519' }).algorithms).toEqual(['EdDSA']);
    expect(preparedKey({ ...edJwk, alg: 'EdDSA' }).algorithms).toEqual(['EdDSA']);
  });

  it('keeps kid and issuer, and ignores certificates and unknown members', () => {
    const more = {
      kid: 'k',
      issuer: 'https://as',
      x5c: ['junk'],
      x5t: 'x',
      x5u: 'https://x',
      n0: 1,
    };
    const key = preparedKey({ ...ecJwk, ...more });
    expect(key).toMatchObject({ kid: 'k', issuer: 'https://as' });
    expect(Object.isFrozen(key)).toBe(true);
    expect(Object.isFrozen(key.algorithms)).toBe(true);
    expect(key.keyObject.type).toBe('public');
  });

  it('gives equal material only to equal keys, whatever else they have', () => {
    const { material } = preparedKey(ecJwk);
    expect(preparedKey({ ...ecJwk, kid: 'other', alg: 'ES256' }).material).toBe(material);
    expect(preparedKey(bareJwk(ec('P-256').publicKey)).material).not.toBe(material);
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const large = Buffer.alloc(1025, 0xff).toString('base64url');
  it.each([
    ['text', 'key', 'malformed'],
    ['null', null, 'malformed'],
    ['a list', [ecJwk], 'malformed'],
    ['nothing in it', {}, 'key_type'],
    ['another kty', { ...ecJwk, kty: 'ec' }, 'key_type'],
    ['kty of another type', { ...ecJwk, kty: ['EC'] }, 'key_type'],
    ['kid of another type', { ...ecJwk, kid: 7 }, 'malformed'],
    ['alg of another type', { ...ecJwk, alg: ['ES256'] }, 'malformed'],
    ['an algorithm of another curve', { ...ecJwk, alg: 'ES384' }, 'key_type'],
    ['an algorithm of another type', { ...ecJwk, alg: 'RS256' }, 'key_type'],
    ['an algorithm for encryption', { ...rsaJwk, alg: 'RSA-OAEP' }, 'use'],
    ['alg HS256', { ...rsaJwk, alg: 'HS256' }, 'key_type'],
    ['secp256k1', { ...ecJwk, crv: 'secp256k1' }, 'key_type'],
    ['X25519', { ...edJwk, crv: 'X25519' }, 'use'],
    ['Ed448', bareJwk(generateKeyPairSync('ed448').publicKey), 'key_type'],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }, 'symmetric'],
    ['a secret beside a public key', { ...ecJwk, k: 'c2VjcmV0' }, 'symmetric'],
    ['a private RSA key', bareJwk(rsa.privateKey), 'private'],
    ['a private curve key', bareJwk(p256.privateKey), 'private'],
    ['a private Ed25519 key', bareJwk(ed25519.privateKey), 'private'],
    ['a prime of the modulus', { ...rsaJwk, p: 'AQAB' }, 'private'],
    ['use: enc', { ...ecJwk, use: 'enc' }, 'use'],
    ['use of another type', { ...ecJwk, use: ['sig'] }, 'use'],
    ['key_ops without verify', { ...ecJwk, key_ops: ['sign'] }, 'key_ops'],
    ['key_ops as text', { ...ecJwk, key_ops: 'verify' }, 'key_ops'],
    ['RSA of 1024 bits', bareJwk(small.publicKey), 'too_small'],
    ['RSA of 8200 bits', { ...rsaJwk, n: large }, 'key_type'],
    ['an exponent of 1', { ...rsaJwk, e: 'AQ' }, 'malformed'],
    ['an exponent of 0', { ...rsaJwk, e: 'AA' }, 'malformed'],
    ['an exponent of 2', { ...rsaJwk, e: 'Ag' }, 'malformed'],
    ['an exponent of 257 bits', { ...rsaJwk, e: exponent(257) }, 'malformed'],
    ['an exponent of 64 KB', { ...rsaJwk, e: exponent(65_536 * 8) }, 'malformed'],
    ['no modulus', { kty: 'RSA', e: 'AQAB' }, 'malformed'],
    ['a modulus of another type', { ...rsaJwk, n: 7 }, 'malformed'],
    ['a point off the curve', { ...ecJwk, y: ecJwk['x'] }, 'malformed'],
    ['a point of another curve', { ...bareJwk(p384), crv: 'P-256' }, 'malformed'],
    ['half a point', { kty: 'EC', crv: 'P-256', x: ecJwk['x'] }, 'malformed'],
    ['a short Ed25519 key', { ...edJwk, x: 'AAAA' }, 'malformed'],
  ])('refuses %s', (_what, jwk, cause) => {
    expect(prepareKey(jwk)).toBe(cause);
  });

  it('accepts use and key_ops for signatures, and the configured values of use', () => {
    const fit = { ...ecJwk, use: 'sig', key_ops: ['verify', 'sign'] };
    expect(preparedKey(fit).algorithms).toEqual(['ES256']);
    expect(preparedKey({ ...ecJwk, use: 'jwt-svid' }, ['jwt-svid']).algorithms).toEqual(['ES256']);
    expect(prepareKey(fit, ['jwt-svid'])).toBe('use');
  });

  it('never throws, whatever an entry is', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('EC', 'RSA', 'OKP', 'P-256', 'AQAB'));
    const members = ['kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use', 'kid', 'key_ops'];
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...members), value), (jwk) => {
        expect(prepareKey(jwk)).toBeTypeOf('string');
      }),
    );
  });
});

describe('keys at the limits', () => {
  it('the smallest accepted exponent is 3 (RFC 8017 §3.1)', () => {
    const three = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(preparedKey(bareJwk(three.publicKey)).algorithms).toContain('RS256');
  });

  it.each(['RS256', 'PS256', 'PS384', 'PS512'] as const)(
    'the largest accepted exponent has 256 bits, and verifying with it by %s does not throw',
    (alg) => {
      const key = preparedKey({ ...rsaJwk, e: exponent(256) });
      expect(verifySignature(alg, key, 'e30.e30', Buffer.alloc(256, 1))).toBe(false);
    },
  );

  it('a key of 8192 bits is accepted', () => {
    const n = Buffer.alloc(1024, 0xff).toString('base64url');
    expect(preparedKey({ ...rsaJwk, n }).signatureBytes).toBe(1024);
  });

  it('a symmetric key is recognized without its secret', () => {
    expect(prepareKey({ kty: 'oct' })).toBe('symmetric');
  });

  it('an RSA key with a crv can be used', () => {
    expect(preparedKey({ ...rsaJwk, crv: 'P-256' }).algorithms).toContain('PS256');
  });

  it('an issuer that is not a string is ignored', () => {
    expect(preparedKey({ ...rsaJwk, issuer: 7 }).issuer).toBeUndefined();
  });
});

/** The largest odd number with this many bits, as in a JWK. */
function exponent(bits: number): string {
  return Buffer.from(
    ((1n << BigInt(bits)) - 1n).toString(16).padStart(Math.ceil(bits / 8) * 2, '0'),
    'hex',
  ).toString('base64url');
}
