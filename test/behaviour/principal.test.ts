import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClientToken, aUserToken, ISSUER, NOW } from '../support/tokens.ts';

describe.each(frameworks)('the principal in $name', (framework) => {
  it('a user is a user, with everything that the token says', async () => {
    const token = aUserToken({
      acr: 'mfa',
      amr: ['pwd', 'otp'],
      auth_time: NOW - 30,
      roles: ['admin'],
      groups: ['staff'],
      entitlements: ['orders:write'],
      department: 'R&D',
      sid: 'session-1',
    });
    const response = await send(protectedApp(framework), { token });
    expect(response.status).toBe(200);
    expect(response.body).toEqual({
      kind: 'user',
      userId: 'ada',
      clientId: 'web-app',
      key: 'user:https%3A%2F%2Fas.example.com:ada',
      issuer: ISSUER,
      audience: [AUDIENCE],
      scopes: ['read:users', 'write:users'],
      permissions: ['orders:write'],
      roles: ['admin'],
      groups: ['staff'],
      authentication: { acr: 'mfa', amr: ['pwd', 'otp'], time: NOW - 30 },
      sessionId: 'session-1',
      source: 'jwt',
      tokenId: 'token-1',
      issuedAt: NOW,
      expiresAt: NOW + 600,
      claims: expect.objectContaining({ iss: ISSUER, sub: 'ada', department: 'R&D' }),
    });
  });

  it('a machine is a client, without a user id', async () => {
    const response = await send(protectedApp(framework), { token: aClientToken() });
    expect(response.body).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      subject: 'nightly-sync',
      key: 'client:https%3A%2F%2Fas.example.com:nightly-sync',
    });
    expect(response.body).not.toHaveProperty('userId');
  });

  it('a user and a client with the same id have different keys', async () => {
    const app = protectedApp(framework);
    const user = await send(app, { token: aUserToken({ sub: 'same' }) });
    const client = await send(app, {
      token: aClientToken({ sub: 'same', client_id: 'same' }),
    });
    expect(user.body.key).toBe('user:https%3A%2F%2Fas.example.com:same');
    expect(client.body.key).toBe('client:https%3A%2F%2Fas.example.com:same');
  });

  it.each([
    ['colons', 'a:b:c', 'user:https%3A%2F%2Fas.example.com:a%3Ab%3Ac'],
    ['percent signs', 'a%3Ab', 'user:https%3A%2F%2Fas.example.com:a%253Ab'],
    ['letters beyond ASCII', 'zoë', 'user:https%3A%2F%2Fas.example.com:zo%C3%AB'],
  ])('ids with %s have a key that no other id has', async (_, sub, key) => {
    const response = await send(protectedApp(framework), { token: aUserToken({ sub }) });
    expect(response.body.key).toBe(key);
  });

  it('an id that is not valid Unicode is refused', async () => {
    const token = aUserToken({ sub: '\ud800' });
    expect((await send(protectedApp(framework), { token })).status).toBe(401);
  });

  it('the actor is the outermost act, with earlier actors as history', async () => {
    const act = {
      sub: 'support-agent',
      client_id: 'helpdesk',
      act: { sub: 'first-agent', act: 'not an actor' },
    };
    const response = await send(protectedApp(framework), { token: aUserToken({ act }) });
    expect(response.body.kind).toBe('user');
    expect(response.body.actor).toEqual({
      profile: 'unknown',
      subject: 'support-agent',
      clientId: 'helpdesk',
      previous: [{ profile: 'unknown', subject: 'first-agent', previous: [] }],
    });
  });

  it('an actor does not turn a client into a user', async () => {
    const token = aClientToken({ act: { sub: 'ada' } });
    const response = await send(protectedApp(framework), { token });
    expect(response.body).toMatchObject({ kind: 'client', actor: { subject: 'ada' } });
  });

  it('is the same object on the request and by principalOf', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', ({ carrier, principal }) => {
        const { principalOf, findPrincipal, userOf } = framework.kit;
        return [principalOf(carrier), findPrincipal(carrier), userOf(carrier)].map(
          (found) => found === principal,
        );
      });
    });
    const response = await send(app, { token: aUserToken() });
    expect(response.body).toEqual([true, true, true]);
  });

  it('is frozen, at every depth of its claims', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', ({ carrier }) => {
        const principal = framework.kit.userOf(carrier);
        const { claims, scopes, audience, actor, authentication } = principal;
        const parts = [
          principal,
          claims,
          scopes,
          audience,
          actor,
          authentication,
          claims['nested'],
        ];
        return parts.map((part) => Object.isFrozen(part));
      });
    });
    const token = aUserToken({ act: { sub: 'a' }, acr: '1', nested: { list: [{}] } });
    expect((await send(app, { token })).body).toEqual(Array(7).fill(true));
  });

  it('userOf gives a user, clientOf a client', async () => {
    const { userOf, clientOf } = framework.kit;
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/user', ({ carrier }) => userOf(carrier).userId);
      route('/client', ({ carrier }) => clientOf(carrier).clientId);
    });
    const user = await send(app, { path: '/user', token: aUserToken() });
    expect(user.body).toBe('ada');
    const client = await send(app, { path: '/client', token: aClientToken() });
    expect(client.body).toBe('nightly-sync');
  });

  it('claims inside of a member named __proto__ do not count as claims of the token', async () => {
    const token = aUserToken(JSON.parse('{"__proto__":{"roles":["admin"]}}'));
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    expect(payload).toContain('"__proto__":{"roles":["admin"]}');
    const response = await send(protectedApp(framework), { token });
    expect(response.body).toMatchObject({ kind: 'user', roles: [] });
  });
});
