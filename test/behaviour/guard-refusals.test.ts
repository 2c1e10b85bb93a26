import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { type Claims, call, type Guard } from '../support/guarded-route.ts';
import { send } from '../support/requests.ts';
import { aUserToken, NOW } from '../support/tokens.ts';

const detail = { type: 'payment', currency: 'EUR', amount: 10 };

const NO_SCOPE = 'The access token lacks a scope that this resource needs';

/** A guard, and a caller that it refuses with 403 insufficient_scope, naming these scopes. */
const short: readonly (readonly [string, Guard, string])[] = [
  ['one missing scope', (kit) => kit.requireScope('delete:users'), 'delete:users'],
  [
    'one missing of two',
    (kit) => kit.requireScope('read:users', 'delete:users'),
    'read:users delete:users',
  ],
  ['the beginning of a scope', (kit) => kit.requireScope('read'), 'read'],
  ['a scope and more', (kit) => kit.requireScope('read:users:all'), 'read:users:all'],
  ['a scope in capitals', (kit) => kit.requireScope('READ:USERS'), 'READ:USERS'],
  ['none of several', (kit) => kit.requireAnyScope('delete:users', 'admin'), 'delete:users'],
  [
    'all of, lacking scopes only',
    (kit) => kit.authorize(kit.allOf(kit.scope('a'), kit.user(), kit.scope('b'))),
    'a b',
  ],
  [
    'any of, with a branch that lacks scopes',
    (kit) => kit.authorize(kit.anyOf(kit.client(), kit.scope('a'), kit.scope('b'))),
    'a',
  ],
];

/** A guard, and a caller that it refuses with 403 forbidden. */
type Forbidden = readonly [string, Guard, 'user' | 'client', Claims, string];

const forbidden: readonly Forbidden[] = [
  [
    'a client where a user is needed',
    (kit) => kit.requireUser(),
    'client',
    {},
    'Only a user may do this',
  ],
  [
    'a client with an actor where a user is needed',
    (kit) => kit.requireUser(),
    'client',
    { act: { sub: 'ada' } },
    'Only a user may do this',
  ],
  [
    'a user where a client is needed',
    (kit) => kit.requireClient(),
    'user',
    {},
    'Only a client may do this',
  ],
  [
    'a user through a listed client',
    (kit) => kit.requireClient('web-app'),
    'user',
    {},
    'Only a client may do this',
  ],
  [
    'a user whose id is a listed client',
    (kit) => kit.requireClient('ada'),
    'user',
    {},
    'Only a client may do this',
  ],
  [
    'another client',
    (kit) => kit.requireClient('other'),
    'client',
    {},
    'This client may not do this',
  ],
  [
    'an agent, where none may act',
    (kit) => kit.requireUser({ viaActor: 'refuse' }),
    'user',
    { act: { sub: 'agent' } },
    'This may not be done on behalf of a user',
  ],
  ...(['agent', '{"sub":"agent"}', [{ sub: 'agent' }], null, ''] as const).flatMap(
    (act): Forbidden[] => [
      [
        `an act that cannot be read, where none may act: ${JSON.stringify(act)}`,
        (kit) => kit.requireUser({ viaActor: 'refuse' }),
        'user',
        { act },
        'This may not be done on behalf of a user',
      ],
      [
        `an act that cannot be read, where one may act: ${JSON.stringify(act)}`,
        (kit) => kit.requireUser({ viaActor: ['agent'] }),
        'user',
        { act },
        'This may not be done on behalf of a user',
      ],
    ],
  ),
  [
    'an earlier actor in the list',
    (kit) => kit.requireUser({ viaActor: ['agent'] }),
    'user',
    { act: { sub: 'x', act: { sub: 'agent' } } },
    'This may not be done on behalf of a user',
  ],
  [
    'nobody who acts',
    (kit) => kit.requireActor(),
    'user',
    {},
    'Only a permitted actor may do this',
  ],
  [
    'another actor',
    (kit) => kit.requireActor('agent'),
    'user',
    { act: { sub: 'other' } },
    'Only a permitted actor may do this',
  ],
  [
    'a missing permission',
    (kit) => kit.requirePermission('a', 'b'),
    'user',
    { entitlements: ['a'] },
    'The caller lacks a permission',
  ],
  [
    'a scope for a permission',
    (kit) => kit.requirePermission('read:users'),
    'user',
    {},
    'The caller lacks a permission',
  ],
  [
    'a missing role',
    (kit) => kit.requireRole('admin'),
    'user',
    { roles: ['administrator'] },
    'The caller lacks a role',
  ],
  [
    'roles of the wrong type',
    (kit) => kit.requireRole('admin'),
    'user',
    { roles: 'admin' },
    'The caller lacks a role',
  ],
  [
    'a missing group',
    (kit) => kit.requireGroup('staff'),
    'user',
    {},
    'The caller is not in a required group',
  ],
  [
    'no tenant',
    (kit) => kit.requireTenant('acme'),
    'user',
    {},
    'The caller belongs to another tenant',
  ],
  [
    'a claim that fails',
    (kit) => kit.authorize(kit.claim(({ plan }) => plan === 'pro', 'plan pro')),
    'user',
    { plan: 'free' },
    'The caller does not meet a requirement',
  ],
  [
    'a client where a sign-in is needed',
    (kit) => kit.requireAuthenticationContext({ maxAgeSec: 60, clients: 'refuse' }),
    'client',
    {},
    'Only a user may do this',
  ],
  [
    'no authorization detail',
    (kit) => kit.requireAuthorizationDetail('payment', () => true),
    'user',
    {},
    'The access token lacks an authorization detail that this resource needs',
  ],
  [
    'a detail that fails',
    (kit) => kit.requireAuthorizationDetail('payment', ({ currency }) => currency === 'USD'),
    'user',
    { authorization_details: [detail] },
    'The access token lacks an authorization detail that this resource needs',
  ],
  [
    'all of, where no scope could mend it',
    (kit) => kit.authorize(kit.allOf(kit.scope('delete:users'), kit.client())),
    'user',
    {},
    'Only a client may do this',
  ],
  [
    'any of, where no scope could mend it',
    (kit) => kit.authorize(kit.anyOf(kit.role('admin'), kit.client())),
    'user',
    {},
    'The caller lacks a role',
  ],
];

describe.each(frameworks)('refusals of guards in $name', (framework) => {
  it.each(short)('%s: 403 insufficient_scope that names "%3$s"', async (_, guard, scopes) => {
    const response = await call(framework, guard, 'user', {});
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="insufficient_scope", error_description="${NO_SCOPE}", scope="${scopes}"`,
    );
    expect(response.body).toEqual({ error: 'insufficient_scope', error_description: NO_SCOPE });
  });

  it.each(forbidden)(
    '%s: 403 forbidden without a challenge',
    async (_, guard, kind, claims, description) => {
      const response = await call(framework, guard, kind, claims);
      expect(response.status).toBe(403);
      expect(response.headers).not.toHaveProperty('www-authenticate');
      expect(response.body).toEqual({ error: 'forbidden', error_description: description });
    },
  );

  it.each<readonly [string, Guard, Claims, string, string]>([
    [
      'another context',
      (kit) => kit.requireAuthenticationContext({ acr: ['phrh', 'phr'], clients: 'refuse' }),
      { acr: 'pwd' },
      'A different authentication context is required',
      'acr_values="phrh phr"',
    ],
    [
      'no context',
      (kit) => kit.requireAuthenticationContext({ acr: 'phr', clients: 'refuse' }),
      {},
      'A different authentication context is required',
      'acr_values="phr"',
    ],
    [
      'an old sign-in',
      (kit) => kit.requireAuthenticationContext({ maxAgeSec: 60, clients: 'refuse' }),
      { auth_time: NOW - 61 },
      'A more recent authentication is required',
      'max_age="60"',
    ],
    [
      'a sign-in that is not dated',
      (kit) => kit.requireAuthenticationContext({ maxAgeSec: 0, clients: 'refuse' }),
      {},
      'A more recent authentication is required',
      'max_age="0"',
    ],
    [
      'an old sign-in, with both conditions configured',
      (kit) => kit.requireAuthenticationContext({ acr: 'phr', maxAgeSec: 60, clients: 'refuse' }),
      { acr: 'phr', auth_time: NOW - 61 },
      'A more recent authentication is required',
      'acr_values="phr", max_age="60"',
    ],
  ])(
    '%s: 401 and a step-up challenge (RFC 9470)',
    async (_, guard, claims, description, wanted) => {
      const response = await call(framework, guard, 'user', claims);
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toBe(
        `Bearer realm="api", error="insufficient_user_authentication", error_description="${description}", ${wanted}`,
      );
      expect(response.body.error).toBe('insufficient_user_authentication');
    },
  );

  it.each<readonly [string, Guard]>([
    ['a claim test', (kit) => kit.authorize(kit.claim(fail, 'plan pro'))],
    ['a detail test', (kit) => kit.requireAuthorizationDetail('payment', fail)],
  ])('%s that throws: 503, and nothing of the exception is shown', async (_, guard) => {
    const response = await call(framework, guard, 'user', { authorization_details: [detail] });
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(response.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: 'The requirement cannot be checked at the moment',
    });
    expect(JSON.stringify(response.headers)).not.toContain('secret');
  });

  it.each<readonly [string, Guard, string]>([
    [
      'a claim test',
      (kit) => kit.authorize(kit.claim(later, 'plan pro')),
      'The test of claim(…, "plan pro") answered with a promise',
    ],
    [
      'a detail test',
      (kit) => kit.requireAuthorizationDetail('payment', later),
      'The test of authorizationDetail("payment", …) answered with a promise',
    ],
    [
      'a requirement of the application’s own',
      (kit) => kit.authorize({ description: 'own', scopes: [], evaluate: later }),
      'The requirement "own" answered with a promise',
    ],
  ])('%s that answers with a promise: 500, and an error that names it', async (_, guard, named) => {
    const app = protectedApp(framework, { guards: [guard(framework.kit)] });
    const token = aUserToken({ authorization_details: [detail] });
    const response = await send(app, { token });
    expect(response.status).toBe(500);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(String(app.faults[0])).toContain(named);
  });
});

function later(): never {
  return Promise.resolve(true) as never;
}

function fail(): never {
  throw new Error('secret');
}
