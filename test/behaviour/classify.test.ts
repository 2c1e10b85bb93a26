import { custom, keycloak } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

type Rule = Parameters<typeof custom>[0]['classify'];

describe.each(frameworks)('a classify function of the operator’s own in $name', (framework) => {
  it('decides who is calling', async () => {
    const app = appWith(({ kind }) =>
      kind === 'person' ? 'user' : kind === 'service' ? 'client' : 'refuse',
    );
    const person = await send(app, { token: aUserToken({ kind: 'person' }) });
    expect(person.body).toMatchObject({ kind: 'user', userId: 'ada', clientId: 'web-app' });
    const service = await send(app, { token: aUserToken({ kind: 'service' }) });
    expect(service.body).toMatchObject({ kind: 'client', clientId: 'web-app', subject: 'ada' });
    const neither = await send(app, { token: aUserToken({ kind: 'thing' }) });
    expect(neither.status).toBe(401);
    expect(neither.body.error_description).toBe(
      'The access token does not say whether a user or a client is calling',
    );
  });

  it('if it throws, the answer is 503 with Retry-After, never 401, and its message is not shown', async () => {
    const app = appWith(() => {
      throw new Error('a registry is down');
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The caller cannot be determined at the moment',
    });
  });

  it.each<readonly [string, () => unknown]>([
    ['a promise', async () => 'user'],
    ['a promise that rejects', () => Promise.reject(new Error('no'))],
    ['nothing', () => undefined],
    ['true', () => true],
    ['an unknown word', () => 'admin'],
    ['a user without an id', () => ({ kind: 'user' })],
    ['a user with an empty id', () => ({ kind: 'user', userId: '' })],
    ['a client without an id', () => ({ kind: 'client' })],
    ['a kind that is neither', () => ({ kind: 'robot', clientId: 'x' })],
  ])('an answer that is not a decision, %s, refuses the token', async (_, rule) => {
    const response = await send(appWith(rule as Rule), { token: aUserToken() });
    expect(response.status).toBe(401);
    expect(response.body.error).toBe('invalid_token');
  });

  it('if the preset’s own check throws, the answer is 503; if it says no, 401', async () => {
    const status = async (accepts: () => boolean) => {
      const preset = custom({ issuer: ISSUER, jwks: issuer.jwks, classify: () => 'user', accepts });
      const server = aResourceServer({ issuer: preset });
      return (await send(protectedApp(framework, { server }), { token: aUserToken() })).status;
    };
    expect(await status(() => true)).toBe(200);
    expect(await status(() => false)).toBe(401);
    expect(
      await status(() => {
        throw new Error('a bug');
      }),
    ).toBe(503);
  });

  it('tokens without aud are accepted if something else is checked', async () => {
    const preset = custom({
      issuer: ISSUER,
      jwks: issuer.jwks,
      classify: () => 'user',
      audienceClaim: 'absent',
      accepts: ({ client_id: clientId }) => clientId === 'web-app',
    });
    const server = framework.kit.createResourceServer({ issuer: preset, clock: aClock() });
    const app = protectedApp(framework, { server });
    const good = await send(app, { token: aUserToken({ aud: undefined }) });
    expect(good.status).toBe(200);
    expect(good.body.audience).toEqual([]);
    const other = aUserToken({ aud: undefined, client_id: 'other' });
    expect((await send(app, { token: other })).status).toBe(401);
  });

  function appWith(classify: Rule) {
    const preset = custom({ issuer: ISSUER, jwks: issuer.jwks, classify });
    return protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
  }
});

describe.each(frameworks)('a provider’s preset in $name', (framework) => {
  it('keeps Keycloak’s users and service accounts apart', async () => {
    const realm = testIssuer({
      issuer: 'https://sso.example.com/realms/acme',
      audience: AUDIENCE,
      clock: aClock(),
    });
    const preset = keycloak({ issuer: realm.issuer, jwks: realm.jwks });
    const app = protectedApp(framework, { server: aResourceServer({ issuer: preset }) });
    const claims = { typ: 'Bearer', azp: 'web-app', client_id: undefined, sub_type: undefined };
    const user = realm.aUserToken(
      { ...claims, sub: '1f', sid: 's-1', preferred_username: 'ada' },
      { header: { typ: 'JWT' } },
    );
    const machine = realm.aUserToken(
      {
        ...claims,
        sub: '2e',
        azp: 'nightly-sync',
        client_id: 'nightly-sync',
        clientHost: '10.2.0.7',
        preferred_username: 'service-account-nightly-sync',
      },
      { header: { typ: 'JWT' } },
    );
    expect((await send(app, { token: user })).body).toMatchObject({ kind: 'user', userId: '1f' });
    expect((await send(app, { token: machine })).body).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      subject: '2e',
    });
  });
});
