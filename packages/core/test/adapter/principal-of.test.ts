import { describe, expect, it } from 'vitest';
import { aClientToken, aToken } from '../../../../test/support/tokens.ts';
import { admit } from '../../src/adapter/admission.ts';
import { clientOf, findPrincipal, principalOf, userOf } from '../../src/adapter/principal-of.ts';
import { RefusedError } from '../../src/http/refusal.ts';
import { isAuthError } from '../../src/model/errors.ts';
import type { Principal } from '../../src/model/principal.ts';
import { refusalOf } from '../errors-of.ts';
import { aResourceServer } from '../resource-servers.ts';

const resourceServer = aResourceServer({ realm: 'here' });
const user = (await resourceServer.verify(aToken())) as Principal;
const client = (await resourceServer.verify(aClientToken())) as Principal;

function aRequest(principal: Principal | undefined): object {
  const request = {};
  admit(request, { resourceServer, principal, passed: [], delegated: false, skipped: false });
  return request;
}

describe('principalOf', () => {
  it('gives the caller', () => {
    expect(principalOf(aRequest(user))).toBe(user);
    expect(principalOf(aRequest(client))).toBe(client);
  });

  it('throws a plain Error if authenticate has not run, which says what to write', () => {
    for (const find of [principalOf, userOf, clientOf]) {
      const call = () => find({});
      expect(call).toThrow('app.use(authenticate({ … }))');
      expect(call).toThrow(expect.not.objectContaining({ status: expect.anything() }));
    }
  });

  it('says what it takes where it was given no request, or the caller', () => {
    for (const find of [principalOf, userOf, clientOf]) {
      for (const value of [undefined, null, 'request']) {
        expect(() => find(value as never)).toThrow(
          `${find.name}() takes the request, in Koa the context`,
        );
      }
      expect(() => find(user)).toThrow(`Write: ${find.name}(req), in Koa ${find.name}(ctx)`);
    }
  });

  it('throws missing_credentials for an anonymous request, with an answer', async () => {
    for (const find of [principalOf, userOf, clientOf]) {
      const error = await refusalOf(() => find(aRequest(undefined)));
      expect(error).toBeInstanceOf(RefusedError);
      expect(error).toMatchObject({
        reason: 'credentials_missing',
        status: 401,
        headers: { 'www-authenticate': 'Bearer realm="here"' },
      });
    }
  });
});

describe('findPrincipal', () => {
  it('gives the caller, or undefined', () => {
    expect(findPrincipal(aRequest(user))).toBe(user);
    expect(findPrincipal(aRequest(undefined))).toBeUndefined();
    expect(findPrincipal({})).toBeUndefined();
  });
});

describe('userOf and clientOf', () => {
  it('give the principal of their kind', () => {
    expect(userOf(aRequest(user)).userId).toBe('ada');
    expect(clientOf(aRequest(client)).clientId).toBe('nightly-sync');
  });

  it('refuse the other kind: 403, without a challenge', async () => {
    const noUser = await refusalOf(() => userOf(aRequest(client)));
    const noClient = await refusalOf(() => clientOf(aRequest(user)));
    expect([noUser.reason, noClient.reason]).toEqual(['user_required', 'client_required']);
    for (const error of [noUser, noClient]) {
      expect(isAuthError(error) && error.code).toBe('forbidden');
      expect(error).toMatchObject({ status: 403 });
      expect((error as RefusedError).headers).not.toHaveProperty('www-authenticate');
    }
  });
});
