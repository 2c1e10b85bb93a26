import { authly } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { type Claims, call, type Guard } from '../support/guarded-route.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken, ISSUER, issuer, NOW } from '../support/tokens.ts';

const detail = { type: 'payment', currency: 'EUR', amount: 10 };

/** A guard, and a caller that it accepts. */
const allowed: readonly (readonly [string, Guard, 'user' | 'client', Claims])[] = [
  ['every scope', (kit) => kit.requireScope('read:users', 'write:users'), 'user', {}],
  ['a scope, for a client', (kit) => kit.requireScope('read:users'), 'client', {}],
  ['one of several scopes', (kit) => kit.requireAnyScope('admin', 'read:users'), 'user', {}],
  [
    'every permission',
    (kit) => kit.requirePermission('a', 'b'),
    'user',
    { entitlements: ['b', 'a'] },
  ],
  ['every role', (kit) => kit.requireRole('admin'), 'user', { roles: ['admin', 'editor'] }],
  ['every group', (kit) => kit.requireGroup('staff'), 'client', { groups: ['staff'] }],
  ['a user', (kit) => kit.requireUser(), 'user', {}],
  ['a user through anybody', (kit) => kit.requireUser(), 'user', { act: { sub: 'agent' } }],
  ['a user through nobody', (kit) => kit.requireUser({ viaActor: 'refuse' }), 'user', {}],
  [
    'a user through an actor',
    (kit) => kit.requireUser({ viaActor: ['agent'] }),
    'user',
    { act: { sub: 'agent' } },
  ],
  ['any client', (kit) => kit.requireClient(), 'client', {}],
  ['a listed client', (kit) => kit.requireClient('other', 'nightly-sync'), 'client', {}],
  ['any actor', (kit) => kit.requireActor(), 'user', { act: { sub: 'agent' } }],
  ['a listed actor', (kit) => kit.requireActor('agent'), 'client', { act: { client_id: 'agent' } }],
  [
    'a context',
    (kit) => kit.requireAuthenticationContext({ acr: ['phrh', 'phr'], clients: 'refuse' }),
    'user',
    { acr: 'phr' },
  ],
  [
    'a recent sign-in',
    (kit) => kit.requireAuthenticationContext({ maxAgeSec: 60, clients: 'refuse' }),
    'user',
    { auth_time: NOW - 60 },
  ],
  [
    'a sign-in, or a client',
    (kit) => kit.requireAuthenticationContext({ maxAgeSec: 60, clients: 'allow' }),
    'client',
    {},
  ],
  [
    'an authorization detail',
    (kit) => kit.requireAuthorizationDetail('payment', ({ currency }) => currency === 'EUR'),
    'user',
    { authorization_details: [{ type: 'other' }, detail] },
  ],
  [
    'a claim',
    (kit) => kit.authorize(kit.claim(({ plan }) => plan === 'pro', 'plan pro')),
    'user',
    { plan: 'pro' },
  ],
  ['all of', (kit) => kit.authorize(kit.allOf(kit.user(), kit.scope('read:users'))), 'user', {}],
  [
    'any of',
    (kit) => kit.authorize(kit.anyOf(kit.client(), kit.role('admin'))),
    'user',
    { roles: ['admin'] },
  ],
];

describe.each(frameworks)('guards in $name', (framework) => {
  it.each(allowed)('accept: %s', async (_, guard, kind, claims) => {
    const response = await call(framework, guard, kind, claims);
    expect(response.status).toBe(200);
    expect(response.body.kind).toBe(kind);
  });

  it('a tenant must be equal to one of the list', async () => {
    const server = aResourceServer({ issuer: authly({ issuer: ISSUER, jwks: issuer.jwks }) });
    const guards = [framework.kit.requireTenant('globex', 'acme')];
    const app = protectedApp(framework, { server, guards });
    const statuses = [];
    for (const tenant_id of ['acme', 'ACME', 'acme2', ['acme'], undefined]) {
      const token = aUserToken({ sub_type: 'user', tenant_id });
      statuses.push((await send(app, { token })).status);
    }
    expect(statuses).toEqual([200, 403, 403, 403, 403]);
  });

  it('scopeImplies adds scopes, over several steps', async () => {
    const server = aResourceServer({
      scopeImplies: { admin: ['write:users'], 'write:users': ['read:users'] },
    });
    const guards = [framework.kit.requireScope('read:users')];
    const app = protectedApp(framework, { server, guards });
    const admin = await send(app, { token: aUserToken({ scope: 'admin' }) });
    expect(admin.status).toBe(200);
    expect(admin.body.scopes).toEqual(['admin']);
    const other = await send(app, { token: aUserToken({ scope: 'administrator' }) });
    expect(other.status).toBe(403);
  });

  it('have a description, for documentation', () => {
    const guard = framework.kit.requireScope('read:users', 'write:users');
    expect(guard.requirement.scopes).toEqual(['read:users', 'write:users']);
    expect(guard.requirement.description).toBe('scope read:users and scope write:users');
    expect(guard.name).toBe('authorize');
  });

  it('are refused at construction if they would require nothing', () => {
    // @ts-expect-error: a scope is needed
    expect(() => framework.kit.requireScope()).toThrow(framework.kit.ConfigurationError);
    expect(() => framework.kit.requireScope('read:users write:users')).toThrow(
      /write scope\('read:users', 'write:users'\)/,
    );
    // @ts-expect-error: a role is needed
    expect(() => framework.kit.requireRole()).toThrow(framework.kit.ConfigurationError);
    expect(() => framework.kit.requireTenant('')).toThrow(framework.kit.ConfigurationError);
  });
});
