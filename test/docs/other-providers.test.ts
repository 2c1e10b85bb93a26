import { createResourceServer, isAuthError } from '@authly/core';
import type { AudienceProvider } from '@authly/core/providers';
import { compactJws, generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { adfs, dex, openauth, salesforce } from './snippets/other-providers/recipes.ts';

// The recipes of docs/other-providers.md. That openauth's reads what was recorded of the server is held by
// test/recorded.

const key = generateTestKey('RS256', 'k');
const AUDIENCE = 'https://api.acme.com';
const NOW_SEC = Math.floor(Date.now() / 1000);
const times = { iat: NOW_SEC - 10, exp: NOW_SEC + 600 };

/** The kind and the id of the caller, or why the token is refused. */
async function reading(
  provider: AudienceProvider,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const server = createResourceServer({
    issuer: { ...provider, keys: { kind: 'static', jwks: { keys: [key.publicJwk] } } },
    audience: AUDIENCE,
  });
  const all = { iss: provider.issuer, aud: AUDIENCE, ...times, ...claims };
  return outcomeOf(server, compactJws({ alg: 'RS256', kid: 'k', typ: 'JWT', ...header }, all, key));
}

async function outcomeOf(server: ReturnType<typeof createResourceServer>, token: string) {
  try {
    const principal = await server.verify(token);
    return principal.kind === 'user'
      ? `user ${principal.userId} by ${principal.clientId}`
      : `client ${principal.clientId}`;
  } catch (error) {
    return isAuthError(error) ? error.reason : String(error);
  } finally {
    server.close();
  }
}

describe('the recipe for openauth', () => {
  const user = { mode: 'access', type: 'user', properties: { email: 'a@b.c' }, sub: 'user:5b26' };

  it('reads people and services by the success value, and refuses everything else', async () => {
    expect(await reading(openauth, user)).toBe(`user user:5b26 by ${AUDIENCE}`);
    const service = { ...user, type: 'service', sub: 'service:1', properties: {} };
    expect(await reading(openauth, service)).toBe(`client ${AUDIENCE}`);
    expect(await reading(openauth, { ...user, type: 'admin' })).toBe('principal_ambiguous');
    expect(await reading(openauth, { ...user, sub: 'service:1' })).toBe('principal_ambiguous');
    expect(await reading(openauth, { ...user, mode: 'refresh' })).toBe('type_not_accepted');
  });
});

describe('the recipe for Dex', () => {
  const text = (field: number, value: string) => [
    field * 8 + 2,
    value.length,
    ...Buffer.from(value),
  ];
  const subject = (...fields: readonly number[][]) =>
    Buffer.from(fields.flat()).toString('base64url');
  const answer = {
    active: true,
    iss: 'https://dex.acme.com',
    aud: [AUDIENCE, 'web-app'],
    client_id: 'web-app',
    sub: subject(text(1, 'ada'), text(2, 'ldap')),
    token_type: 'Bearer',
    token_use: 'access_token',
    ext: { azp: 'web-app', groups: ['north'] },
    ...times,
    nbf: times.iat,
  };
  const machine = {
    ...answer,
    client_id: 'nightly',
    sub: subject(text(1, 'nightly')),
    ext: undefined,
  };

  async function answered(given: object): Promise<string> {
    const ask = () => ({ ...answer, ...given });
    const server = createResourceServer({
      issuer: { ...dex, keys: { kind: 'static', jwks: { keys: [key.publicJwk] } } },
      audience: AUDIENCE,
      introspection: { ask, jwts: 'answer' },
    });
    const claims = { iss: dex.issuer, sub: answer.sub, aud: AUDIENCE, at_hash: 'x', ...times };
    return outcomeOf(server, compactJws({ alg: 'RS256', kid: 'k' }, claims, key));
  }

  it('reads people by their connector, and machines by their id', async () => {
    expect(await answered({})).toBe(`user ${answer.sub} by web-app`);
    expect(await answered(machine)).toBe('client nightly');
  });

  it.each([
    ['a machine with the id of another client', { ...machine, client_id: 'other' }],
    ['a subject that is no message', { sub: 'ada' }],
    ['a subject without a person', { sub: subject(text(2, 'ldap')) }],
    ['an empty connector', { ...machine, sub: subject(text(1, 'nightly'), [18, 0]) }],
    ['an empty person', { sub: subject([10, 0], text(2, 'ldap')) }],
    ['a field twice', { sub: subject(text(1, 'a'), text(1, 'b'), text(2, 'ldap')) }],
    ['a field that is cut off', { sub: subject(text(1, 'ada'), [18, 9, 120]) }],
    ['a number', { sub: subject([8, 1]) }],
    ['a person of a long name', { sub: subject([10, 200, 1, ...Buffer.alloc(200, 'a')]) }],
  ])('refuses %s', async (_what, given) => {
    expect(await answered(given)).toBe('principal_ambiguous');
  });

  it('refuses refresh tokens, tokens for other APIs, and JWTs that are not introspected', async () => {
    expect(await answered({ token_use: 'refresh_token' })).toBe('type_not_accepted');
    expect(await answered({ aud: ['web-app'] })).toBe('audience_mismatch');
    expect(await reading(dex, { sub: answer.sub, at_hash: 'x' })).toBe('type_not_accepted');
    expect(await reading(dex, { sub: answer.sub })).toBe('principal_ambiguous');
  });
});

describe('the recipe for Salesforce', () => {
  const token = { sub: 'uid:005x', client_id: '3MVG9web', scp: 'web api', mty: 'oauth' };
  const header = { tty: 'sfdc-core-token', tnk: 'core/prod/00D', ver: '1.0' };

  it('reads people and machines by the lists of apps, and no other app', async () => {
    expect(await reading(salesforce, token, header)).toBe('user uid:005x by 3MVG9web');
    const machine = { ...token, client_id: '3MVG9nightly' };
    expect(await reading(salesforce, machine, header)).toBe('client 3MVG9nightly');
    const other = { ...token, client_id: '3MVG9other' };
    expect(await reading(salesforce, other, header)).toBe('principal_ambiguous');
    const nobody = { ...token, client_id: undefined };
    expect(await reading(salesforce, nobody, header)).toBe('principal_ambiguous');
    expect(await reading(salesforce, token)).toBe('type_not_accepted');
  });
});

describe('the recipe for AD FS', () => {
  const server = '0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';
  const user = { appid: 'web', upn: 'ada@acme.com', scp: 'openid', apptype: 'Public' };

  it('reads people by the claim that your rule writes, and listed servers without it', async () => {
    expect(await reading(adfs, user)).toBe('user ada@acme.com by web');
    expect(await reading(adfs, { appid: server })).toBe(`client ${server}`);
    expect(await reading(adfs, { appid: 'web' })).toBe('principal_ambiguous');
    expect(await reading(adfs, { ...user, appid: server })).toBe('principal_ambiguous');
    expect(await reading(adfs, { ...user, upn: ['ada'] })).toBe('principal_ambiguous');
    expect(await reading(adfs, { ...user, appid: undefined })).toBe('type_not_accepted');
    expect(await reading(adfs, { ...user, nonce: 'n' })).toBe('type_not_accepted');
  });
});
