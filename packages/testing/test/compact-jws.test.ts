import type { Algorithm } from '@authly/core';
import { compactVerify, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { compactJws } from '../src/compact-jws.ts';
import { generateTestKey } from '../src/test-key.ts';

const ALGORITHMS: readonly Algorithm[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

describe('compactJws', () => {
  const rsa = generateTestKey('RS256');

  it.each(ALGORITHMS)('makes a signature with %s that jose verifies', async (algorithm) => {
    const key = /^[RP]S/.test(algorithm) ? rsa : generateTestKey(algorithm);
    const signer = { algorithm, privateKey: key.privateKey };
    const token = compactJws({ alg: algorithm }, { sub: 'a' }, signer);
    const jwk: JWK = { ...key.publicJwk, kty: key.publicJwk.kty ?? '', alg: algorithm };
    const { payload, protectedHeader } = await compactVerify(token, jwk);
    expect(protectedHeader).toEqual({ alg: algorithm });
    expect(new TextDecoder().decode(payload)).toBe('{"sub":"a"}');
  });

  it('accepts any header and payload, also wrong ones', () => {
    const key = generateTestKey('ES256');
    const token = compactJws('{"alg":"none","alg":"HS256"}', new Uint8Array([0xff, 0x00]), key);
    const [header, payload, signature] = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url'));
    expect(header?.toString()).toBe('{"alg":"none","alg":"HS256"}');
    expect(payload).toEqual(Buffer.from([0xff, 0x00]));
    expect(signature).toHaveLength(64);
  });
});
