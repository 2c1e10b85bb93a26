import { describe, expect, it } from 'vitest';
import { cachedTestKey, generateTestKey } from '../src/test-key.ts';

describe('cachedTestKey', () => {
  it('makes one key for each issuer and algorithm', () => {
    const key = cachedTestKey('https://a.test', 'ES256');
    expect(cachedTestKey('https://a.test', 'ES256')).toBe(key);
    expect(cachedTestKey('https://a.test', 'EdDSA').publicJwk.x).not.toBe(key.publicJwk.x);
    expect(cachedTestKey('https://b.test', 'ES256').publicJwk.x).not.toBe(key.publicJwk.x);
  });
});

describe('generateTestKey', () => {
  it('makes a new key each time, under the kid that is asked for', () => {
    const keys = [generateTestKey(), generateTestKey('ES256', 'test-ES256')];
    expect(keys.map(({ kid }) => kid)).toEqual(['other-ES256', 'test-ES256']);
    expect(keys[0]?.publicJwk.x).not.toBe(keys[1]?.publicJwk.x);
  });

  it('keeps the private half out of the public JWK', () => {
    const { publicJwk, privateJwk } = generateTestKey('RS256');
    expect(Object.keys(publicJwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    expect(privateJwk).toMatchObject({ ...publicJwk, d: expect.any(String) });
  });
});
