import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks, type Kit, type Middleware } from '../support/frameworks.ts';
import { send, sendRaw } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken, NOW } from '../support/tokens.ts';

const expired = aUserToken({ exp: NOW - 60 });

describe.each(frameworks)('optional authentication in $name', (framework) => {
  it('a request without credentials is let in as anonymous', async () => {
    const response = await send(protectedApp(framework, { optional: true }));
    expect(response.status).toBe(200);
    expect(response.body).toBeNull();
  });

  it('a request with valid credentials has a caller', async () => {
    const token = aUserToken();
    const response = await send(protectedApp(framework, { optional: true }), { token });
    expect(response.body).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it.each([
    ['an expired token', `Bearer ${expired}`, 401, 'invalid_token'],
    ['a token that is not a JWT', 'Bearer opaque', 401, 'invalid_token'],
    ['Bearer without a token', 'Bearer', 400, 'invalid_request'],
    ['an empty header', '', 400, 'invalid_request'],
    ['another scheme', 'Basic YTpi', 401, 'missing_credentials'],
  ])('%s is still refused', async (_, authorization, status, error) => {
    const response = await sendRaw(protectedApp(framework, { optional: true }), { authorization });
    expect(response.status).toBe(status);
    expect(JSON.parse(response.text).error).toBe(error);
  });

  it('another scheme gets a challenge without error', async () => {
    const response = await send(protectedApp(framework, { optional: true }), {
      headers: { authorization: 'Basic YTpi' },
    });
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it('two Authorization headers are still refused', async () => {
    const authorization = [`Bearer ${aUserToken()}`, 'Basic YTpi'];
    const response = await sendRaw(protectedApp(framework, { optional: true }), { authorization });
    expect(response.status).toBe(400);
  });

  it.each<readonly [string, (kit: Kit) => Middleware, string]>([
    ['requireUser', (kit) => kit.requireUser(), ''],
    ['requireClient', (kit) => kit.requireClient(), ''],
    ['any claim', (kit) => kit.authorize(kit.claim(() => true, 'anything')), ''],
    // RFC 6750 §3.1 forbids an error code here, but allows the scopes to ask for.
    ['requireScope', (kit) => kit.requireScope('a', 'b'), ', scope="a b"'],
  ])('a guard on an anonymous request, %s, answers 401 without error', async (_, guard, scope) => {
    const app = protectedApp(framework, { optional: true, guards: [guard(framework.kit)] });
    const response = await send(app);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe(`Bearer realm="api"${scope}`);
    expect(response.body.error).toBe('missing_credentials');
  });

  it('findPrincipal gives undefined; principalOf, userOf and clientOf throw a 401', async () => {
    const { findPrincipal, principalOf, userOf, clientOf, isAuthError } = framework.kit;
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer(), { optional: true }));
      route('/', ({ carrier, principal }) => {
        const refusals = [principalOf, userOf, clientOf].map((accessor) => {
          try {
            return accessor(carrier);
          } catch (error) {
            return isAuthError(error) ? [error.code, 'status' in error && error.status] : error;
          }
        });
        return { found: findPrincipal(carrier) ?? null, principal: principal ?? null, refusals };
      });
    });
    expect((await send(app)).body).toEqual({
      found: null,
      principal: null,
      refusals: Array(3).fill(['missing_credentials', 401]),
    });
  });
});
