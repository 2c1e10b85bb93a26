import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateTestKey } from '../../../../test/support/tokens.ts';
import { signingKeyOf } from '../../src/introspection/assertion-key.ts';

const es256 = generateTestKey('ES256', 'k1');
const ed25519 = generateTestKey('EdDSA', 'k2');
const rsa = generateTestKey('RS256', 'k3');

describe('a key for client assertions', () => {
  it('uses the algorithm that its JWK names, or else the usual one of its type', () => {
    const { alg: _alg, ...anyRsa } = rsa.privateJwk;
    expect(signingKeyOf(anyRsa).algorithm).toBe('RS256');
    expect(signingKeyOf({ ...anyRsa, alg: 'PS384' }).algorithm).toBe('PS384');
    expect(signingKeyOf(es256.privateKey).algorithm).toBe('ES256');
    expect(signingKeyOf(ed25519.privateKey).algorithm).toBe('EdDSA');
    expect(signingKeyOf({ ...ed25519.privateJwk, alg: 'Ed25519' }).algorithm).toBe('Ed25519');
  });

  it('has the kid of its JWK; a KeyObject has none', () => {
    expect(signingKeyOf(es256.privateJwk).kid).toBe('k1');
    expect(signingKeyOf(es256.privateKey).kid).toBeUndefined();
  });

  it('is imported once, only for signing, and cannot be exported', async () => {
    const key = signingKeyOf(rsa.privateJwk);
    const [first, second] = [await key.cryptoKey(), await key.cryptoKey()];
    expect(first).toBe(second);
    expect([first.type, first.extractable, first.usages]).toEqual(['private', false, ['sign']]);
    expect(first.algorithm).toMatchObject({
      name: 'RSASSA-PKCS1-v1_5',
      hash: { name: 'SHA-256' },
    });
    const pss = await signingKeyOf({ ...rsa.privateJwk, alg: 'PS512' }).cryptoKey();
    expect(pss.algorithm).toMatchObject({ name: 'RSA-PSS', hash: { name: 'SHA-512' } });
    const ec = await signingKeyOf(generateTestKey('ES384').privateJwk).cryptoKey();
    expect(ec.algorithm).toMatchObject({ name: 'ECDSA', namedCurve: 'P-384' });
  });

  const small = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey;
  const secp256k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  it.each([
    ['a public JWK', es256.publicJwk, 'is not a private JWK'],
    ['a public KeyObject', createPublicKey(es256.privateKey), 'is not private'],
    ['a secret', createSecretKey(Buffer.alloc(32)), 'is not private'],
    ['nothing', undefined, 'is missing'],
    ['null', null, 'is missing'],
    ['a JWK without members', { kty: 'EC' }, 'is not a private JWK'],
    ['an alg of another type', { ...es256.privateJwk, alg: 'RS256' }, 'cannot sign assertions'],
    ['an alg of another curve', { ...es256.privateJwk, alg: 'ES384' }, 'cannot sign assertions'],
    ['an alg that nobody knows', { ...es256.privateJwk, alg: 'HS256' }, 'cannot sign assertions'],
    ['a small RSA key', small, 'smaller than 2048 bits'],
    ['another curve', secp256k1, 'cannot sign assertions'],
  ])('is refused: %s', (_name, key, problem) => {
    expect(() => signingKeyOf(key as never)).toThrow(problem);
    expect(() => signingKeyOf(key as never)).toThrow("Write: privateKeyJwt('orders-api'");
  });
});
