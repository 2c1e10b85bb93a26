import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Handler, type TestApp } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';

/** An app with `authErrorHandler`, which answers the errors of its handlers. */
function app(framework: Framework, handler: Handler, optional = false): TestApp {
  return framework.createApp(
    ({ use, route }) => {
      use(framework.authenticate(aResourceServer({ realm: 'here' }), { optional }));
      route('/', handler);
    },
    { authErrors: true },
  );
}

describe.each(frameworks)('authErrorHandler in $name', (framework) => {
  const { kit } = framework;

  it('answers errors of userOf and clientOf as a guard does', async () => {
    for (const [accessor, token, text] of [
      [kit.userOf, aClientToken(), 'Only a user may do this'],
      [kit.clientOf, aUserToken(), 'Only a client may do this'],
    ] as const) {
      const refusing = app(framework, ({ carrier }) => accessor(carrier).key);
      const response = await send(refusing, { token });
      expect(response.status).toBe(403);
      expect(response.body).toEqual({ error: 'forbidden', error_description: text });
      expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.headers).not.toHaveProperty('www-authenticate');
      expect(refusing.faults).toEqual([]);
    }
  });

  it('answers principalOf of an anonymous request with the challenge', async () => {
    const anonymous = app(framework, ({ carrier }) => kit.principalOf(carrier), true);
    const response = await send(anonymous);
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="here"');
    expect(response.body.error).toBe('missing_credentials');
  });

  it('answers an AuthError that the application throws, also after a promise', async () => {
    const short = () => {
      throw new kit.AuthError('scope_missing', { scopes: ['admin'] });
    };
    for (const handler of [short, async () => short()]) {
      const response = await send(app(framework, handler), { token: aUserToken() });
      expect(response.status).toBe(403);
      expect(response.headers['www-authenticate']).toContain('realm="here"');
      expect(response.headers['www-authenticate']).toContain('scope="admin"');
    }
  });

  it('passes an error that is not a refusal to the application', async () => {
    const fault = Object.assign(new Error('secret'), { status: 418, headers: { 'x-a': 'b' } });
    const failing = app(framework, () => {
      throw fault;
    });
    expect((await send(failing, { token: aUserToken() })).status).toBe(418);
    expect(failing.faults).toEqual([fault]);
  });

  it('passes the error of a missing authenticate to the application', async () => {
    const bare = framework.createApp(
      ({ route }) => route('/', ({ carrier }) => kit.userOf(carrier).userId),
      { authErrors: true },
    );
    expect((await send(bare)).status).toBe(500);
    expect(String(bare.faults[0])).toContain('authenticate has not run');
  });
});
