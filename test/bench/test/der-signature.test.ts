import { sign, verify } from 'node:crypto';
import { generateTestKey } from '@authly/testing';
import { expect, it } from 'vitest';
import { derSignature } from '../src/tokens/der-signature.ts';

const { privateKey, publicJwk } = generateTestKey('ES256');
const publicKey = { key: publicJwk, format: 'jwk' } as const;

it('OpenSSL accepts 600 converted signatures', () => {
  for (let n = 0; n < 600; n++) {
    const input = Buffer.from(`input ${n}`);
    const raw = sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect(verify('sha256', input, publicKey, derSignature(raw))).toBe(true);
  }
});
