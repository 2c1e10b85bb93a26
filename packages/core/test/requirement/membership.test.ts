import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { group, permission, role, tenant } from '../../src/requirement/membership.ts';
import { aClient, aUser, evaluate, untyped } from './principals.ts';

describe.each([
  { name: 'role', build: role, member: 'roles', reason: 'role_missing' },
  { name: 'permission', build: permission, member: 'permissions', reason: 'permission_missing' },
  { name: 'group', build: group, member: 'groups', reason: 'group_missing' },
] as const)('$name', ({ name, build, member, reason }) => {
  it.each([
    { needs: ['a'], has: ['a'], met: true },
    { needs: ['a', 'b'], has: ['b', 'c', 'a'], met: true },
    { needs: ['a', 'b'], has: ['a'], met: false },
    { needs: ['a', 'b'], has: ['b'], met: false },
    { needs: ['a'], has: [], met: false },
    { needs: ['admin'], has: ['Admin'], met: false },
    { needs: ['admin'], has: ['administrator', 'adm'], met: false },
    { needs: ['admin'], has: ['orders:admin'], met: false },
    { needs: ['Site Admin'], has: ['Site Admin'], met: true },
    { needs: ['__proto__'], has: [], met: false },
  ])('needs $needs, has $has: met is $met', ({ needs, has, met }) => {
    for (const principal of [aUser({ [member]: has }), aClient({ [member]: has })]) {
      expect(evaluate(build(...needs), principal)).toEqual(met ? undefined : { reason });
    }
  });

  it('reads only its own list', () => {
    const lists = { scopes: ['a'], roles: ['a'], permissions: ['a'], groups: ['a'], tenant: 'a' };
    expect(evaluate(build('a'), aUser({ ...lists, [member]: [] }))?.reason).toBe(reason);
  });

  it('describes itself and needs no scopes', () => {
    expect(build('a', 'b').description).toBe(`${name} a and ${name} b`);
    expect(build('a').scopes).toEqual([]);
  });

  it('refuses an empty list, with the line to write', () => {
    expect(() => build()).toThrow(ConfigurationError);
    expect(() => build()).toThrow(`${name}() needs at least one ${name}: write ${name}('`);
  });

  it.each([[''], [undefined], [1], [['a']]])('refuses %j', (value) => {
    expect(() => untyped(build, value)).toThrow(ConfigurationError);
  });
});

describe('tenant', () => {
  it.each([
    { ids: ['acme'], has: 'acme', met: true },
    { ids: ['globex', 'acme'], has: 'acme', met: true },
    { ids: ['acme'], has: 'globex', met: false },
    { ids: ['acme'], has: 'ACME', met: false },
    { ids: ['acme'], has: 'acme2', met: false },
    { ids: ['acme'], has: undefined, met: false },
    { ids: ['undefined'], has: undefined, met: false },
  ])('one of $ids, has $has: met is $met', ({ ids, has, met }) => {
    expect(evaluate(tenant(...ids), aUser({ tenant: has }))).toEqual(
      met ? undefined : { reason: 'tenant_mismatch' },
    );
  });

  it('describes itself', () => {
    expect(tenant('acme', 'globex').description).toBe('tenant acme or tenant globex');
  });

  it('refuses an empty list, with the line to write', () => {
    expect(() => tenant()).toThrow("tenant() needs at least one tenant: write tenant('acme')");
  });
});
