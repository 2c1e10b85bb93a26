import { inspect } from 'node:util';
import { ConfigurationError } from '@authly/core';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateSigningKey, prepareSigningKeys } from '../src/signing-key.ts';
import { signingKey, thrown } from './fixtures.ts';

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'];

function withoutPrivateMembers(jwk: JWK): JWK {
  return Object.fromEntries(
    Object.entries(jwk).filter(([name]) => !PRIVATE_MEMBERS.includes(name)),
  );
}

describe('generateSigningKey', () => {
  it('refuses what is no algorithm of a key pair, with the line to write', async () => {
    for (const algorithm of ['HS256', 'none', '', { alg: 'ES256' }]) {
      const made = generateSigningKey(algorithm as never);
      await expect(made).rejects.toThrow("Write: await generateSigningKey('ES256')");
      await expect(made).rejects.toBeInstanceOf(ConfigurationError);
    }
  });

  it('makes RS256 keys of 2048 bits by default, with the thumbprint as kid', async () => {
    const key = await generateSigningKey();
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
    expect(key.kid).toBe(await calculateJwkThumbprint(key));
    expect(Buffer.from(key.n ?? '', 'base64url')).toHaveLength(256);
  });

  it.each(['ES256', 'ES384', 'ES512', 'EdDSA'] as const)('makes %s keys', async (algorithm) => {
    const key = await generateSigningKey(algorithm);
    expect(prepareSigningKeys([key])).toMatchObject({ kid: key.kid, algorithm });
  });
});

describe('prepareSigningKeys', () => {
  it('signs with the first key and publishes all, without a private member', async () => {
    const next = await generateSigningKey('EdDSA');
    const rsa = await generateSigningKey('PS256');
    const retired = withoutPrivateMembers(await generateSigningKey('ES384'));
    const keys = prepareSigningKeys([signingKey, next, rsa, retired]);
    expect(keys.kid).toBe(signingKey.kid);
    expect(keys.published.keys).toEqual(
      [signingKey, next, rsa, retired].map((key) => ({
        ...withoutPrivateMembers(key),
        use: 'sig',
      })),
    );
    for (const key of keys.published.keys) {
      expect(Object.keys(key).filter((name) => PRIVATE_MEMBERS.includes(name))).toEqual([]);
    }
  });

  it('publishes only the public key of a JWK, and no other member', () => {
    const jwk = { ...signingKey, note: 'from the vault', x5c: ['MII'] };
    const keys = prepareSigningKeys([jwk]);
    expect(Object.keys(keys.published.keys[0] ?? {}).sort()).toEqual(
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'].sort(),
    );
  });

  it.each([
    ['EC', undefined, 'ES256'],
    ['EC', 'ES256', 'ES256'],
  ])('uses the usual algorithm for a key without alg: %s %s', (_, alg, algorithm) => {
    const { alg: __, ...jwk } = signingKey;
    expect(prepareSigningKeys([{ ...jwk, ...(alg !== undefined && { alg }) }])).toMatchObject({
      algorithm,
    });
  });

  it.each([
    ['no key', [], 'generateSigningKey'],
    ['a public first key', [withoutPrivateMembers(signingKey)], 'private JWK'],
    [
      'a key that was not awaited',
      [Promise.resolve(signingKey)],
      'keys: [await generateSigningKey',
    ],
    ['a key without kid', [{ ...signingKey, kid: undefined }], '`kid`'],
    ['an empty kid', [{ ...signingKey, kid: '' }], '`kid`'],
    ['two keys of one kid', [signingKey, signingKey], 'same'],
    ['an encryption key', [{ ...signingKey, use: 'enc' }], '`use'],
    ['key_ops for something else', [{ ...signingKey, key_ops: ['deriveKey'] }], 'key_ops'],
    ['an alg that does not fit', [{ ...signingKey, alg: 'RS256' }], '`alg`'],
    ['HMAC', [{ kty: 'oct', k: 'c2VjcmV0c2VjcmV0c2VjcmV0', kid: 'a', alg: 'HS256' }], 'JWK'],
    ['alg none', [{ ...signingKey, alg: 'none' }], '`alg`'],
    ['a curve for other uses', [{ ...signingKey, crv: 'secp256k1' }], 'JWK'],
    ['a broken key', [{ ...signingKey, x: 'AA' }], 'JWK'],
    ['a broken second key', [signingKey, { kty: 'EC', kid: 'b' }], 'number 2'],
  ])('refuses %s, and shows no part of a key', (_, keys, hint) => {
    const error = thrown(() => prepareSigningKeys(keys as readonly JWK[]));
    expect(error).toBeInstanceOf(ConfigurationError);
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).toContain(hint);
    expect(shown).not.toContain(signingKey.d);
    expect(shown).not.toContain('c2VjcmV0');
  });

  it('refuses an RSA key of fewer than 2048 bits', async () => {
    const { privateKey } = await generateKeyPair('RS256', {
      modulusLength: 2048,
      extractable: true,
    });
    const jwk = await exportJWK(privateKey);
    expect(prepareSigningKeys([{ ...jwk, kid: 'big' }])).toMatchObject({ algorithm: 'RS256' });
    const { generateKeyPairSync } = await import('node:crypto');
    const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const smallJwk = { ...small.export({ format: 'jwk' }), kid: 'small' } as JWK;
    expect(String(thrown(() => prepareSigningKeys([smallJwk])))).toContain('2048 bits');
  });
});
