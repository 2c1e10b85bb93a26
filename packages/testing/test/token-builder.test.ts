import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { fakeClock } from '../src/fake-clock.ts';
import { testIssuer } from '../src/test-issuer.ts';
import { generateTestKey } from '../src/test-key.ts';

const clock = fakeClock();
const NOW = clock.now() / 1000;
const issuer = testIssuer({ clock, algorithms: ['ES256', 'EdDSA'] });
const { aToken, aUserToken, aClientToken } = issuer;

const verify = (token: string) =>
  jwtVerify(token, createLocalJWKSet(issuer.jwks as unknown as JSONWebKeySet), {
    issuer: issuer.issuer,
    audience: issuer.audience,
    typ: 'at+jwt',
    requiredClaims: ['client_id', 'iat', 'exp', 'jti', 'sub'],
    currentDate: new Date(clock.now()),
  });

describe('aToken', () => {
  it('is by default a good RFC 9068 token of a user', async () => {
    const { payload, protectedHeader } = await verify(aToken());
    expect(protectedHeader).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: 'test-ES256' });
    expect(payload).toEqual({
      iss: 'https://issuer.test',
      aud: 'https://api.test',
      sub: 'user-1',
      client_id: 'web-app',
      sub_type: 'user',
      iat: NOW,
      exp: NOW + 600,
      jti: expect.any(String),
    });
  });

  it('has a new id each time', () => {
    expect(decodeJwt(aToken()).jti).not.toBe(decodeJwt(aToken()).jti);
  });

  it('accepts any claims, and removes undefined ones', () => {
    const claims = decodeJwt(
      aToken({ sub: 17, aud: undefined, exp: -1, scope: ['a'], tenant_id: 't-1', iss: null }),
    );
    expect(claims).toMatchObject({ sub: 17, exp: -1, scope: ['a'], tenant_id: 't-1', iss: null });
    expect(claims).not.toHaveProperty('aud');
  });

  it.each([
    [{ expiresInSec: -1 }, { exp: NOW - 1 }],
    [
      { expiresInSec: 60, issuedInSec: -60 },
      { exp: NOW + 60, iat: NOW - 60 },
    ],
    [{ notBeforeInSec: 30 }, { nbf: NOW + 30 }],
  ])('accepts times relative to now: %j', (options, times) => {
    expect(decodeJwt(aToken({}, options))).toMatchObject(times);
  });

  it('refuses an option among the claims: a token that should be expired would be a good one', () => {
    for (const name of ['expiresInSec', 'issuedInSec', 'notBeforeInSec', 'boundTo', 'rawPayload']) {
      expect(() => aToken({ [name]: -60 })).toThrow(
        `${name} is no claim: it belongs in the second argument. Write: aUserToken({ … }, { ${name}: … })`,
      );
    }
    for (const claims of ['u-17', null, []]) {
      expect(() => aToken(claims as never)).toThrow("Write: aUserToken({ sub: 'u-17' })");
    }
  });

  it('accepts any header, and still signs with its key', () => {
    const token = aToken({}, { header: { typ: 'JWT', alg: 'HS256', kid: undefined } });
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'HS256' });
    expect(Buffer.from(token.split('.')[2] ?? '', 'base64url')).toHaveLength(64);
  });

  it('is signed with the key for the given algorithm', async () => {
    const { protectedHeader } = await verify(aToken({}, { algorithm: 'EdDSA' }));
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: 'test-EdDSA' });
    expect(() => aToken({}, { algorithm: 'RS256' })).toThrow("algorithms: ['RS256']");
  });

  it('is signed by a stranger’s key', async () => {
    const key = generateTestKey('ES256', 'test-ES256');
    await expect(verify(aToken({}, { key }))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('accepts raw bytes for header and payload', () => {
    const token = aToken({}, { rawHeader: '{"alg":', rawPayload: '[1]' });
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(parts.slice(0, 2)).toEqual(['{"alg":', '[1]']);
  });
});

describe('aUserToken and aClientToken', () => {
  it('name the caller', () => {
    expect(decodeJwt(aUserToken())).toMatchObject({ sub: 'user-1', sub_type: 'user' });
    expect(decodeJwt(aClientToken())).toMatchObject({
      sub: 'nightly-sync',
      client_id: 'nightly-sync',
      sub_type: 'client',
    });
  });

  it('use the client’s id as its subject by default', () => {
    expect(decodeJwt(aClientToken({ client_id: 'a' }))).toMatchObject({ sub: 'a', client_id: 'a' });
    expect(decodeJwt(aClientToken({ client_id: 'a', sub: 'b' }))).toMatchObject({ sub: 'b' });
    expect(decodeJwt(aClientToken({ sub: undefined }))).not.toHaveProperty('sub');
  });
});
