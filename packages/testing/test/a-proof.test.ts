import { aProof, fakeClock, generateTestKey, testIssuer, thumbprintOf } from '@authly/testing';
import {
  calculateJwkThumbprint,
  decodeJwt,
  decodeProtectedHeader,
  EmbeddedJWK,
  jwtVerify,
} from 'jose';
import { describe, expect, it } from 'vitest';

const clock = fakeClock();
const currentDate = new Date(clock.now());
const url = 'https://api.test/orders';

describe('aProof', () => {
  it.each(['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256', 'PS256'] as const)(
    'is verified by jose with the key in its header: %s',
    async (algorithm) => {
      const proof = aProof({ key: generateTestKey(algorithm), url, clock });
      const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
        typ: 'dpop+jwt',
        currentDate,
      });
      expect(payload).toMatchObject({ htm: 'GET', htu: url, iat: clock.now() / 1000 });
      expect(Object.keys(protectedHeader.jwk ?? {})).not.toContain('d');
    },
  );

  it('makes a new proof each time', () => {
    const key = generateTestKey();
    const ids = [aProof({ key, url }), aProof({ key, url })].map((proof) => decodeJwt(proof).jti);
    expect(new Set(ids).size).toBe(2);
  });

  it('has the given members, and not those that are undefined', () => {
    const key = generateTestKey();
    const proof = aProof({
      key,
      url,
      method: 'POST',
      token: 'a.b.c',
      nonce: 'n',
      issuedInSec: -5,
      clock,
      claims: { jti: undefined, extra: 1 },
      header: { typ: 'JWT', jwk: undefined },
    });
    expect(decodeJwt(proof)).toEqual({
      htm: 'POST',
      htu: url,
      iat: clock.now() / 1000 - 5,
      ath: 'hF4wRIgJ4ryJWOsCW_x5UjXROwd6U9DDq70jhRcNybg',
      nonce: 'n',
      extra: 1,
    });
    expect(decodeProtectedHeader(proof)).toEqual({ typ: 'JWT', alg: 'ES256' });
  });

  it('may show one key and be signed by another, or be any text', async () => {
    const forged = aProof({ key: generateTestKey(), signedBy: generateTestKey(), url, clock });
    await expect(jwtVerify(forged, EmbeddedJWK, { currentDate })).rejects.toThrow();
    const raw = aProof({ key: generateTestKey(), url, rawHeader: 'h', rawPayload: 'p' });
    expect(raw.split('.').slice(0, 2)).toEqual(['aA', 'cA']);
  });
});

describe('a token with boundTo', () => {
  it.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'has the thumbprint of the key: %s',
    async (algorithm) => {
      const key = generateTestKey(algorithm);
      const { cnf } = decodeJwt<{ cnf: unknown }>(testIssuer().aToken({}, { boundTo: key }));
      const thumbprint = await calculateJwkThumbprint(key.publicJwk);
      expect(cnf).toEqual({ jkt: thumbprint });
      expect(thumbprintOf(key)).toBe(thumbprint);
    },
  );
});
