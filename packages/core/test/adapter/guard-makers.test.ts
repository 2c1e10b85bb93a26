import { expect, it } from 'vitest';
import { guardMakers } from '../../src/adapter/guard-makers.ts';
import type { Requirement } from '../../src/requirement/requirement.ts';

const guards = guardMakers((requirement: Requirement) => requirement.description);

it('guardMakers gives every named guard the requirement of its name', () => {
  const test = () => true;
  expect({
    scope: guards.requireScope('a', 'b'),
    anyScope: guards.requireAnyScope('a', 'b'),
    permission: guards.requirePermission('a', 'b'),
    role: guards.requireRole('a', 'b'),
    group: guards.requireGroup('a', 'b'),
    tenant: guards.requireTenant('a', 'b'),
    user: guards.requireUser(),
    userAlone: guards.requireUser({ viaActor: 'refuse' }),
    client: guards.requireClient('a', 'b'),
    actor: guards.requireActor('a', 'b'),
    authenticationContext: guards.requireAuthenticationContext({
      maxAgeSec: 60,
      clients: 'refuse',
    }),
    authorizationDetail: guards.requireAuthorizationDetail('payment', test),
  }).toMatchInlineSnapshot(`
    {
      "actor": "actor a or actor b",
      "anyScope": "scope a or scope b",
      "authenticationContext": "user signed in at most 60 s ago",
      "authorizationDetail": "authorization detail payment",
      "client": "client a or client b",
      "group": "group a and group b",
      "permission": "permission a and permission b",
      "role": "role a and role b",
      "scope": "scope a and scope b",
      "tenant": "tenant a or tenant b",
      "user": "user",
      "userAlone": "user in person",
    }
  `);
});

it('a named guard that was given to the framework uncalled throws an error that names it', () => {
  const request = { method: 'GET', originalUrl: '/' };
  for (const [name, guard] of Object.entries(guards)) {
    const handler = guard as (request: object, response: object, next: () => void) => unknown;
    expect(() => handler(request, {}, () => undefined)).toThrow(
      new RegExp(`^${name} was given to the framework without calling it. Write ${name}\\(`),
    );
  }
});
