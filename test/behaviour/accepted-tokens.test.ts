import { rfc9068 } from '@authly/core/providers';
import { generateTestKey, type TokenOptions } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aToken, ISSUER, NOW } from '../support/tokens.ts';

// Refused tokens are in test/security, rows 1 to 9. Here are tokens that look similar and are accepted.

describe.each(frameworks)('accepted tokens in $name', (framework) => {
  const app = protectedApp(framework);

  it.each<readonly [string, Readonly<Record<string, unknown>>, TokenOptions]>([
    ['exp within the tolerance', { exp: NOW - 4 }, {}],
    ['nbf within the tolerance', { nbf: NOW + 5 }, {}],
    ['a fraction of a second', { exp: NOW + 0.5, nbf: NOW - 0.5 }, {}],
    ['iat in the future, which nobody compares', { iat: NOW + 3600 }, {}],
    ['one audience of several', { aud: ['urn:other', 'https://api.example.com'] }, {}],
    ['typ in capitals', {}, { header: { typ: 'AT+JWT' } }],
    ['typ with application/', {}, { header: { typ: 'application/at+jwt' } }],
    ['no kid, where one key fits', {}, { header: { kid: undefined } }],
    ['no scope', { scope: undefined }, {}],
  ])('%s is accepted', async (_, claims, options) => {
    const response = await send(app, { token: aToken(claims, options) });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it('without kid a key is used only if no other key fits the algorithm', async () => {
    const keys = [generateTestKey('ES256', 'a'), generateTestKey('ES256', 'b')] as const;
    const [key] = keys;
    const preset = rfc9068({ issuer: ISSUER, jwks: { keys: keys.map((each) => each.publicJwk) } });
    const two = protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
    expect((await send(two, { token: aToken({}, { key }) })).status).toBe(200);
    const kidless = aToken({}, { key, header: { kid: undefined } });
    const response = await send(two, { token: kidless });
    expect(response.status).toBe(401);
    expect(response.body.error_description).toBe('The access token is signed with an unknown key');
  });

  it('an Ed25519 signature is accepted under both of its names (RFC 9864), and no other', async () => {
    const key = generateTestKey('EdDSA', 'ed');
    const preset = rfc9068({ issuer: ISSUER, jwks: { keys: [key.publicJwk] } });
    const ed = protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
    const statuses = [];
    for (const alg of ['EdDSA', 'Ed25519', 'Ed448', 'ed25519', 'ES256']) {
      statuses.push((await send(ed, { token: aToken({}, { key, header: { alg } }) })).status);
    }
    expect(statuses).toEqual([200, 200, 401, 401, 401]);
  });

  it('the tolerance is configurable', async () => {
    const strict = protectedApp(framework, { server: aResourceServer({ clockToleranceSec: 0 }) });
    expect((await send(strict, { token: aToken({ exp: NOW }) })).status).toBe(401);
    const lenient = protectedApp(framework, { server: aResourceServer({ clockToleranceSec: 60 }) });
    expect((await send(lenient, { token: aToken({ exp: NOW - 59 }) })).status).toBe(200);
  });
});
