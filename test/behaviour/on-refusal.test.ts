import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { type ErrorAnswer, frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

const user = aUserToken();

describe.each(frameworks)('refusals that are passed to the application in $name', (framework) => {
  const { kit } = framework;

  it('authenticate passes an error with status, headers and expose', async () => {
    const seen: unknown[] = [];
    const app = protectedApp(framework, { delegated: true, onError: noting(seen) });
    const response = await send(app);
    expect(response.status).toBe(418);
    expect(response.headers).not.toHaveProperty('www-authenticate');
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      code: 'missing_credentials',
      reason: 'credentials_missing',
      message: 'This resource needs an access token in the Authorization header',
      status: 401,
      expose: true,
      headers: {
        'www-authenticate': 'Bearer realm="api"',
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
      },
    });
    expect(kit.isAuthError(seen[0])).toBe(true);
    expect(seen[0]).toBeInstanceOf(kit.AuthError);
  });

  it('guards do the same, with the scopes of all of them', async () => {
    const seen: unknown[] = [];
    const guards = [kit.requireScope('read:users'), kit.requireScope('a')];
    const app = protectedApp(framework, { delegated: true, guards, onError: noting(seen) });
    expect((await send(app, { token: user })).status).toBe(418);
    expect(seen).toMatchObject([
      {
        code: 'insufficient_scope',
        reason: 'scope_missing',
        status: 403,
        details: { scopes: ['read:users', 'a'] },
        headers: { 'www-authenticate': expect.stringContaining('scope="read:users a"') },
      },
    ]);
  });

  it('an outage has Retry-After and its cause, which is not enumerable', async () => {
    const seen: unknown[] = [];
    const cause = new Error('a database is down');
    const failing = kit.claim(() => {
      throw cause;
    }, 'something');
    const guards = [kit.authorize(failing)];
    const app = protectedApp(framework, { delegated: true, guards, onError: noting(seen) });
    await send(app, { token: user });
    expect(seen).toMatchObject([{ status: 503, cause, headers: { 'retry-after': '5' } }]);
    expect(JSON.stringify(seen)).not.toContain('database');
  });

  it('an error handler that sends what the error says gives the same answer as the adapter', async () => {
    const onError = (error: unknown): ErrorAnswer => {
      if (!kit.isAuthError(error) || !isRefused(error)) return { status: 500, body: null };
      const { status, headers } = error;
      return { status, headers, body: { error: error.code, error_description: error.message } };
    };
    const guards = [kit.requireScope('a')];
    const own = await send(protectedApp(framework, { delegated: true, guards, onError }), {
      token: user,
    });
    const adapters = await send(protectedApp(framework, { guards }), { token: user });
    for (const name of ['www-authenticate', 'content-type', 'cache-control']) {
      expect(own.headers[name]).toBe(adapters.headers[name]);
    }
    expect([own.status, own.body]).toEqual([adapters.status, adapters.body]);
  });

  it('without an error handler, the framework answers with status and headers', async () => {
    const app = protectedApp(framework, { delegated: true });
    const response = await send(app);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api"');
    expect(app.faults).toHaveLength(1);
  });

  it('clientOf passes a 403 to the application in both modes', async () => {
    for (const delegated of [false, true]) {
      const seen: unknown[] = [];
      const app = framework.createApp(
        ({ use, route }) => {
          use(framework.authenticate(aResourceServer(), { delegated }));
          route('/', ({ carrier }) => kit.clientOf(carrier));
        },
        { onError: noting(seen) },
      );
      expect((await send(app, { token: user })).status).toBe(418);
      expect(seen).toMatchObject([
        { code: 'forbidden', reason: 'client_required', status: 403, expose: true },
      ]);
    }
  });

  it('without an error handler, clientOf with a user is answered with 403', async () => {
    const app = framework.createApp(({ use, route }) => {
      use(framework.authenticate(aResourceServer()));
      route('/', ({ carrier }) => kit.clientOf(carrier));
    });
    expect((await send(app, { token: user })).status).toBe(403);
  });

  it('by default the adapter answers, and the application’s error handling is not called', async () => {
    const seen: unknown[] = [];
    const guards = [kit.requireScope('a')];
    const app = protectedApp(framework, { guards, onError: noting(seen) });
    expect((await send(app)).status).toBe(401);
    expect((await send(app, { token: user })).status).toBe(403);
    expect(seen).toEqual([]);
  });

  it('an error that is not a refusal is passed to the application in both modes', async () => {
    for (const delegated of [false, true]) {
      const seen: unknown[] = [];
      const app = protectedApp(framework, {
        server: brokenServer(),
        delegated,
        onError: noting(seen),
      });
      expect((await send(app, { token: user })).status).toBe(418);
      expect(seen).toEqual([new RangeError('a bug')]);
    }
  });
});

function noting(seen: unknown[]): (error: unknown) => ErrorAnswer {
  return (error) => {
    seen.push(error);
    return { status: 418, body: null };
  };
}

function isRefused(
  error: object,
): error is { readonly status: number; readonly headers: Readonly<Record<string, string>> } {
  return 'status' in error && 'headers' in error;
}

function brokenServer() {
  const server = aResourceServer();
  return {
    ...server,
    authenticate: () => {
      throw new RangeError('a bug');
    },
  };
}
