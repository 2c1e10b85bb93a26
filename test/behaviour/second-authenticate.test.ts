import type { AuthEvent } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Framework, frameworks, type Middleware } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer, noting } from '../support/resource-servers.ts';
import { aToken, aUserToken } from '../support/tokens.ts';

const OTHER_ISSUER = 'https://other.example.com';
const otherKey = generateTestKey('ES256', 'other-1');

describe.each(frameworks)('a second authenticate in $name', (framework) => {
  it('with the same server does nothing: the token is verified once', async () => {
    const events: AuthEvent[] = [];
    const server = aResourceServer({ onEvent: noting(events) });
    const first = framework.authenticate(server);
    const app = whoami(framework, [first, framework.authenticate(server), first]);
    const response = await send(app, { token: aUserToken() });
    expect(response.body.userId).toBe('ada');
    expect(events.map(({ type }) => type)).toEqual(['request.authenticated']);
  });

  it('with the same server keeps the requirements of earlier guards', async () => {
    const server = aResourceServer();
    const app = whoami(framework, [
      framework.authenticate(server),
      framework.kit.requireScope('read:users'),
      framework.authenticate(server),
      framework.kit.requireScope('a'),
    ]);
    const response = await send(app, { token: aUserToken() });
    expect(response.headers['www-authenticate']).toMatch(/, scope="read:users a"$/);
  });

  it('with another server verifies again, and replaces the principal', async () => {
    const events: string[] = [];
    const named = (name: string) =>
      aResourceServer({
        claims: z.unknown().transform(() => ({ verifiedBy: name })),
        onEvent: ({ type }) => events.push(`${name} ${type}`),
      });
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(named('first')));
      route('/', framework.authenticate(named('second')), ({ carrier, principal }) => [
        principal === framework.kit.principalOf(carrier),
        framework.kit.principalOf(carrier).claims,
      ]);
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.body).toEqual([true, { verifiedBy: 'second' }]);
    expect(events.filter((event) => event.endsWith('authenticated'))).toEqual([
      'first request.authenticated',
      'second request.authenticated',
    ]);
  });

  it('with another server refuses what that server does not accept', async () => {
    const app = whoami(framework, [
      framework.authenticate(aResourceServer()),
      framework.authenticate(otherServer()),
    ]);
    const response = await send(app, { token: aUserToken() });
    expect(response.status).toBe(401);
    expect(response.body.error).toBe('invalid_token');
  });

  it('with another server on another router lets that server’s tokens in only there', async () => {
    const token = aToken({ iss: OTHER_ISSUER, sub: 'grace' }, { key: otherKey });
    const app = framework.createApp(({ router }) => {
      router('/ours', (routes) => {
        routes.use(framework.authenticate(aResourceServer()));
        routes.route('/', ({ principal }) => principal);
      });
      router('/theirs', (routes) => {
        routes.use(framework.authenticate(otherServer()));
        routes.route('/', ({ principal }) => principal);
      });
    });
    expect((await send(app, { path: '/ours', token })).status).toBe(401);
    const response = await send(app, { path: '/theirs', token });
    expect(response.body).toMatchObject({ userId: 'grace', issuer: OTHER_ISSUER });
  });

  it('with another server starts with no scopes of earlier guards', async () => {
    const app = whoami(framework, [
      framework.authenticate(aResourceServer()),
      framework.kit.requireScope('read:users'),
      framework.authenticate(aResourceServer()),
      framework.kit.requireScope('a'),
    ]);
    const response = await send(app, { token: aUserToken() });
    expect(response.headers['www-authenticate']).toMatch(/, scope="a"$/);
  });

  it('without optional refuses an anonymous request that was let in before', async () => {
    const server = aResourceServer();
    const app = whoami(framework, [
      framework.authenticate(server, { optional: true }),
      framework.authenticate(server),
    ]);
    const response = await send(app);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it('without optional lets a known caller pass, and verifies once', async () => {
    const events: AuthEvent[] = [];
    const server = aResourceServer({ onEvent: noting(events) });
    const app = whoami(framework, [
      framework.authenticate(server, { optional: true }),
      framework.authenticate(server),
    ]);
    expect((await send(app, { token: aUserToken() })).body.userId).toBe('ada');
    expect(events.map(({ type }) => type)).toEqual(['request.authenticated']);
  });

  it('with optional changes nothing for a known caller', async () => {
    const server = aResourceServer();
    const app = whoami(framework, [
      framework.authenticate(server),
      framework.authenticate(server, { optional: true }),
    ]);
    expect((await send(app)).status).toBe(401);
    expect((await send(app, { token: aUserToken() })).body.userId).toBe('ada');
  });

  it('with optional and another server does not keep a principal that this server did not let in', async () => {
    const app = whoami(framework, [
      framework.authenticate(aResourceServer(), { optional: true }),
      framework.authenticate(otherServer(), { optional: true }),
    ]);
    expect((await send(app)).body).toBeNull();
    expect((await send(app, { token: aUserToken() })).status).toBe(401);
  });
});

function whoami(framework: Framework, steps: readonly Middleware[]) {
  return framework.createApp(({ route }) =>
    route('/', ...steps, ({ carrier }) => framework.kit.findPrincipal(carrier) ?? null),
  );
}

function otherServer() {
  return aResourceServer({
    issuer: rfc9068({ issuer: OTHER_ISSUER, jwks: { keys: [otherKey.publicJwk] } }),
  });
}
