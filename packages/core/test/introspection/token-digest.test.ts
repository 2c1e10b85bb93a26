import { expect, it } from 'vitest';
import { createTokenDigest } from '../../src/introspection/token-digest.ts';

it('the key of a token in memory differs for each issuer and each client, and does not contain the token', () => {
  const token = 'opaque-token';
  const names = [
    createTokenDigest('https://a.example.com', 'api')(token),
    createTokenDigest('https://b.example.com', 'api')(token),
    createTokenDigest('https://a.example.com', 'other')(token),
    createTokenDigest('https://a.example.comapi', '')(token),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[\w-]{43}$/);
  expect(createTokenDigest('https://a.example.com', 'api')(token)).toBe(names[0]);
});
