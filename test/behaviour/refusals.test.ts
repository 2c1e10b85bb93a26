import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken, NOW } from '../support/tokens.ts';

interface Refused {
  readonly what: string;
  readonly status: number;
  readonly challenge: string | undefined;
  readonly body: { readonly error: string; readonly error_description: string };
  send(framework: Framework): ReturnType<typeof send>;
}

const user = aUserToken();
const expired = aUserToken({ exp: NOW - 60 });

/** One refusal of every code, through the whole pipeline from request to answer. */
const refusals: readonly Refused[] = [
  {
    what: 'missing_credentials',
    status: 401,
    challenge: 'Bearer realm="api"',
    body: {
      error: 'missing_credentials',
      error_description: 'This resource needs an access token in the Authorization header',
    },
    send: (framework) => send(protectedApp(framework)),
  },
  {
    what: 'invalid_request',
    status: 400,
    challenge:
      'Bearer realm="api", error="invalid_request", error_description="The Authorization header is malformed"',
    body: {
      error: 'invalid_request',
      error_description: 'The Authorization header is malformed',
    },
    send: (framework) => send(protectedApp(framework), { headers: { authorization: 'Bearer' } }),
  },
  {
    what: 'invalid_token',
    status: 401,
    challenge:
      'Bearer realm="api", error="invalid_token", error_description="The access token has expired"',
    body: { error: 'invalid_token', error_description: 'The access token has expired' },
    send: (framework) => send(protectedApp(framework), { token: expired }),
  },
  {
    what: 'insufficient_scope',
    status: 403,
    challenge:
      'Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a scope that this resource needs", scope="a b"',
    body: {
      error: 'insufficient_scope',
      error_description: 'The access token lacks a scope that this resource needs',
    },
    send: (framework) => {
      const guards = [framework.kit.requireScope('a', 'b')];
      return send(protectedApp(framework, { guards }), { token: user });
    },
  },
  {
    what: 'insufficient_user_authentication',
    status: 401,
    challenge:
      'Bearer realm="api", error="insufficient_user_authentication", error_description="A different authentication context is required", acr_values="phr", max_age="300"',
    body: {
      error: 'insufficient_user_authentication',
      error_description: 'A different authentication context is required',
    },
    send: (framework) => {
      const context = { acr: 'phr', maxAgeSec: 300, clients: 'refuse' } as const;
      const guards = [framework.kit.requireAuthenticationContext(context)];
      return send(protectedApp(framework, { guards }), { token: user });
    },
  },
  {
    what: 'forbidden',
    status: 403,
    challenge: undefined,
    body: { error: 'forbidden', error_description: 'Only a client may do this' },
    send: (framework) => {
      const guards = [framework.kit.requireClient()];
      return send(protectedApp(framework, { guards }), { token: user });
    },
  },
  {
    what: 'temporarily_unavailable',
    status: 503,
    challenge: undefined,
    body: {
      error: 'temporarily_unavailable',
      error_description: 'The requirement cannot be checked at the moment',
    },
    send: (framework) => {
      const { authorize, claim } = framework.kit;
      const failing = claim(() => {
        throw new Error('a database is down');
      }, 'something');
      return send(protectedApp(framework, { guards: [authorize(failing)] }), { token: user });
    },
  },
];

describe.each(frameworks)('refusals in $name', (framework) => {
  it.each(refusals)('$what: status $status, its challenge, its body', async (refused) => {
    const response = await refused.send(framework);
    expect(response.status).toBe(refused.status);
    expect(response.headers['www-authenticate']).toBe(refused.challenge);
    expect(response.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.text).toBe(JSON.stringify(refused.body));
    expect(response.headers['retry-after']).toBe(refused.status === 503 ? '5' : undefined);
  });

  it('no answer contains anything of a request or a token', async () => {
    const mark = 'kilroy-was-here';
    const token = aUserToken({
      sub: mark,
      aud: mark,
      client_id: mark,
      jti: mark,
      scope: mark,
      [mark]: mark,
    });
    const response = await send(protectedApp(framework), {
      path: `/?${mark}=${mark}`,
      token,
      headers: { 'x-request-id': mark, host: `${mark}.example.com` },
    });
    expect(response.status).toBe(401);
    expect(JSON.stringify(response.headers) + response.text).not.toContain(mark);
  });

  it('scopes that a header could not contain are refused at construction', () => {
    const { requireScope, ConfigurationError } = framework.kit;
    for (const scope of ['a"b', 'a\\b', 'a\nb', 'a\r\nx: y', 'ä', '', 'a\u007fb']) {
      expect(() => requireScope(scope)).toThrow(ConfigurationError);
    }
    expect(() => aResourceServer({ realm: 'a"b' })).toThrow(ConfigurationError);
    expect(() => aResourceServer({ realm: 'a\r\nb' })).toThrow(ConfigurationError);
  });
});
