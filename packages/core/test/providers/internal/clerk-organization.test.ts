import { describe, expect, it } from 'vitest';
import {
  organizationRolesOf,
  organizationPermissionsOf as permissionsOf,
} from '../../../src/providers/internal/clerk-organization.ts';

describe('permissions of a Clerk session', () => {
  it('are the bits of each organization feature, lowest first', () => {
    const claims = { fea: 'o:a,u:mine,uo:b', o: { per: 'read,write,manage', fpm: '5,2' } };
    expect(permissionsOf(claims)).toEqual(['org:a:read', 'org:a:manage', 'org:b:write']);
  });

  it('are read with spaces after the commas', () => {
    const claims = { fea: 'u:mine, o:b', o: { per: 'read, write', fpm: '2, 1' } };
    expect(permissionsOf(claims)).toEqual(['org:b:write']);
  });

  it('are read beyond 32 bits', () => {
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    const claims = { fea: 'o:a', o: { per: names.join(','), fpm: String(2n ** 39n) } };
    expect(permissionsOf(claims)).toEqual(['org:a:p39']);
  });

  it('are not taken from a user feature whose name holds the letter o', () => {
    const claims = { fea: 'u:orders,o:labels', o: { per: 'read', fpm: '1' } };
    expect(permissionsOf(claims)).toEqual(['org:labels:read']);
  });

  it.each([
    {},
    { o: {} },
    { fea: 'o:a', o: { per: 'read' } },
    { fea: 'o:a', o: { per: 'read', fpm: '' } },
    { fea: 'o:a', o: { per: 'read', fpm: '-1' } },
    { fea: 'o:a', o: { per: 'read', fpm: '0x1' } },
    { fea: 'o:a', o: { per: 'read', fpm: 1 } },
    { fea: 'a', o: { per: 'read', fpm: '1' } },
    { fea: 'orders', o: { per: 'read', fpm: '1' } },
    { fea: ['o:a'], o: { per: 'read', fpm: '1' } },
    { o: [], org_permissions: 'org:a:read' },
  ])('are none in %j', (claims) => {
    expect(permissionsOf(claims)).toEqual([]);
  });
});

describe('roles of a Clerk session', () => {
  it.each([
    [{ o: { rol: 'admin' } }, ['org:admin']],
    [{ org_role: 'org:admin' }, ['org:admin']],
    [{ o: {}, org_role: 'org:admin' }, []],
    [{ o: { rol: 7 } }, []],
    [{}, []],
  ])('of %j are %j', (claims, roles) => {
    expect(organizationRolesOf(claims)).toEqual(roles);
  });
});
