import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { AuthEvent } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { afterEach, describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer, noting } from '../support/resource-servers.ts';
import { AUDIENCE, aClientToken, aUserToken, ISSUER, issuer, NOW } from '../support/tokens.ts';

const CHANNEL = 'authly';
const published: unknown[] = [];
const onPublished = (message: unknown): void => {
  published.push(message);
};

afterEach(() => {
  unsubscribe(CHANNEL, onPublished);
  published.length = 0;
});

describe.each(frameworks)('events in $name', (framework) => {
  const named = (onEvent: (event: AuthEvent) => void) =>
    aResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks, name: 'main' }),
      onEvent,
    });

  it('say who was let in and whether the token was cached, and nothing else', async () => {
    const events: AuthEvent[] = [];
    const app = protectedApp(framework, { server: named(noting(events)) });
    const token = aUserToken();
    await send(app, { token });
    await send(app, { token });
    await send(app, { token: aClientToken() });
    expect(events).toEqual([
      {
        type: 'request.authenticated',
        kind: 'user',
        issuerName: 'main',
        cached: false,
        binding: 'none',
        source: 'jwt',
      },
      {
        type: 'request.authenticated',
        kind: 'user',
        issuerName: 'main',
        cached: true,
        binding: 'none',
        source: 'jwt',
      },
      {
        type: 'request.authenticated',
        kind: 'client',
        issuerName: 'main',
        cached: false,
        binding: 'none',
        source: 'jwt',
      },
    ]);
  });

  it('say why a request was refused, by authenticate and by a guard', async () => {
    const events: AuthEvent[] = [];
    const server = named(noting(events));
    const guards = [framework.kit.requireClient()];
    const app = protectedApp(framework, { server, guards });
    await send(app);
    await send(app, { headers: { authorization: 'Bearer' } });
    await send(app, { headers: { authorization: 'Basic YTpi' } });
    await send(app, { token: aUserToken({ iss: 'https://evil.example' }) });
    await send(app, { token: aUserToken({ exp: NOW - 60 }) });
    await send(app, { token: aUserToken() });
    expect(events).toEqual([
      { type: 'request.refused', code: 'missing_credentials', reason: 'credentials_missing' },
      { type: 'request.refused', code: 'invalid_request', reason: 'authorization_malformed' },
      { type: 'request.refused', code: 'missing_credentials', reason: 'scheme_unsupported' },
      { type: 'request.refused', code: 'invalid_token', reason: 'issuer_unknown' },
      { type: 'request.refused', code: 'invalid_token', reason: 'expired', issuerName: 'main' },
      {
        type: 'request.authenticated',
        kind: 'user',
        issuerName: 'main',
        cached: false,
        binding: 'none',
        source: 'jwt',
      },
      {
        type: 'request.refused',
        code: 'forbidden',
        reason: 'client_required',
        issuerName: 'main',
        kind: 'user',
        requirement: 'client',
      },
    ]);
  });

  it('name issuer, kind and requirement of what a guard refuses, if they are known', async () => {
    const events: AuthEvent[] = [];
    const server = named((event) => {
      if (event.type === 'request.refused') events.push(event);
    });
    const { authorize, allOf, userOf, scope, user } = framework.kit;
    const guard = authorize(allOf(user(), scope('a', 'b')));
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(server, { optional: true }));
      route('/guarded', guard, () => 'in');
      route('/own', ({ carrier }) => userOf(carrier).userId);
    });
    await send(app, { path: '/guarded', token: aUserToken() });
    await send(app, { path: '/guarded', token: aClientToken() });
    await send(app, { path: '/guarded' });
    await send(app, { path: '/own', token: aClientToken() });
    const requirement = 'user and (scope a and scope b)';
    const type = 'request.refused';
    const [short, machine] = [
      { type, code: 'insufficient_scope', reason: 'scope_missing' },
      { type, code: 'forbidden', reason: 'user_required', issuerName: 'main', kind: 'client' },
    ];
    expect(events).toEqual([
      { ...short, issuerName: 'main', kind: 'user', requirement },
      { ...machine, requirement },
      { type, code: 'missing_credentials', reason: 'credentials_missing', requirement },
      { ...machine, requirement: 'user' },
    ]);
  });

  it('name what a token lacks and what was expected, and no value of the token', async () => {
    const events: AuthEvent[] = [];
    const app = protectedApp(framework, { server: named(noting(events)) });
    const untyped = { header: { typ: undefined } };
    for (const token of [
      aUserToken({ aud: 'urn:secret' }),
      aUserToken({ aud: undefined }),
      aUserToken({ jti: undefined, note: 'secret' }),
      aUserToken({ client_id: 7 }),
      aUserToken({ scope: 7 }),
      aUserToken({}, { header: { typ: 'secret+jwt' } }),
      aUserToken({}, untyped),
    ]) {
      const { body, headers } = await send(app, { token });
      // The operator sees it, the client does not.
      expect(JSON.stringify([body, headers])).not.toMatch(/api\.example\.com|jti|at\+jwt/);
    }
    const refused = { type: 'request.refused', code: 'invalid_token', issuerName: 'main' };
    expect(events).toEqual([
      { ...refused, reason: 'audience_mismatch', expectedAudience: [AUDIENCE] },
      { ...refused, reason: 'claim_missing', claim: 'aud', expectedAudience: [AUDIENCE] },
      { ...refused, reason: 'claim_missing', claim: 'jti' },
      { ...refused, reason: 'claim_malformed', claim: 'client_id' },
      { ...refused, reason: 'claim_malformed', claim: 'scopes' },
      { ...refused, reason: 'type_not_accepted', expectedTypes: ['at+jwt'] },
      { ...refused, reason: 'type_not_accepted', expectedTypes: ['at+jwt'], typeAbsent: true },
    ]);
    expect(JSON.stringify(events)).not.toContain('secret');
  });

  it('are also on the diagnostics channel, frozen', async () => {
    const events: AuthEvent[] = [];
    const app = protectedApp(framework, { server: named(noting(events)) });
    subscribe(CHANNEL, onPublished);
    await send(app, { token: aUserToken() });
    await send(app);
    expect(published).toEqual(events);
    expect(published).toHaveLength(2);
    expect(published.every((event) => Object.isFrozen(event))).toBe(true);
  });

  it('are on the diagnostics channel without onEvent', async () => {
    const app = protectedApp(framework);
    subscribe(CHANNEL, onPublished);
    await send(app);
    expect(published).toEqual([
      { type: 'request.refused', code: 'missing_credentials', reason: 'credentials_missing' },
    ]);
  });

  it.each<readonly [string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('a log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('a log is full'))],
  ])('a listener that %s changes nothing', async (_, listener) => {
    const app = protectedApp(framework, { server: named(listener) });
    expect((await send(app, { token: aUserToken() })).status).toBe(200);
    expect((await send(app)).status).toBe(401);
  });

  it('contain no value of a request or a token', async () => {
    const events: AuthEvent[] = [];
    const server = named(noting(events));
    const app = protectedApp(framework, { server, guards: [framework.kit.requireScope('a')] });
    const mark = 'kilroy-was-here';
    const marked = { sub: mark, client_id: 'x', jti: mark, scope: mark, [mark]: mark };
    await send(app, { path: `/?${mark}`, token: aUserToken(marked) });
    await send(app, { token: aUserToken({ ...marked, iss: `https://${mark}.example` }) });
    await send(app, { headers: { authorization: `${mark} ${mark}` } });
    expect(events).toHaveLength(4);
    expect(JSON.stringify(events)).not.toContain(mark);
  });
});
