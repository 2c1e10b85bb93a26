import {
  createResourceServer,
  findPrincipal,
  isAuthError,
  principalOf,
  scope,
  userOf,
} from '@authly/core';
import { admissionOf, guardRequest, presentedTokenOf } from '@authly/core/adapter';
import { authly } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { aClient, aUser } from '../src/principals.ts';
import { testIssuer } from '../src/test-issuer.ts';
import { withPrincipal } from '../src/with-principal.ts';

describe('withPrincipal', () => {
  it('gives a mock request a caller, which every function for callers then finds', () => {
    const user = aUser({ userId: 'u-17' });
    const request = withPrincipal({ params: { id: '1' } }, user);
    expect(principalOf(request)).toBe(user);
    expect(userOf(request).userId).toBe('u-17');
    expect(request).toEqual({ params: { id: '1' }, principal: user });
  });

  it.each<[string, unknown, unknown]>([
    ['nothing', undefined, aUser()],
    ['the arguments in another order', aUser(), {}],
    ['an object that is no principal', {}, { kind: 'user', userId: 'u-17' }],
    ['the text of an id', {}, 'u-17'],
    ['null', {}, null],
  ])('%s is refused with the line to write', (_name, request, principal) => {
    expect(() => withPrincipal(request as object, principal as never)).toThrow(
      "Write: withPrincipal(req, aUser({ userId: 'u-17' }))",
    );
  });

  it('puts the caller where Koa keeps it', () => {
    const user = aUser();
    const context = withPrincipal({ state: { id: 1 } }, user);
    expect(context).toEqual({ state: { id: 1, principal: user } });
    expect(findPrincipal(context)).toBe(user);
  });

  it('is checked by guards', () => {
    const request = withPrincipal({}, aUser({ scopes: ['read:a'] }));
    guardRequest(request, scope('read:a'));
    expect(() => guardRequest(request, scope('write:a'))).toThrow(
      expect.objectContaining({ code: 'insufficient_scope', status: 403 }),
    );
    expect(() => userOf(withPrincipal({}, aClient()))).toThrow(
      expect.objectContaining({ reason: 'user_required' }),
    );
  });

  it('is checked by the guards of the given resource server', () => {
    const { issuer, jwks, audience } = testIssuer();
    const resourceServer = createResourceServer({
      issuer: authly({ issuer, jwks }),
      audience,
      scopeImplies: { 'write:a': ['read:a'] },
    });
    const request = withPrincipal({}, aUser({ scopes: ['write:a'] }), { resourceServer });
    expect(() => guardRequest(request, scope('read:a'))).not.toThrow();
  });

  it('has no token to exchange', () => {
    const admission = admissionOf(withPrincipal({}, aUser()));
    expect(admission && presentedTokenOf(admission)).toBeUndefined();
  });

  it('lets an anonymous request in', () => {
    const request = withPrincipal({}, undefined);
    expect(findPrincipal(request)).toBeUndefined();
    try {
      principalOf(request);
      expect.unreachable();
    } catch (error) {
      expect(isAuthError(error) && error.status).toBe(401);
    }
  });
});
