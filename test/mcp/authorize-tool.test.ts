import { allOf, claim, RefusedError, scope, user } from '@authly/core';
import { authorizeTool, jsonRpcRefusal, type ToolRequirements } from '@authly/mcp';
import { describe, expect, it } from 'vitest';
import {
  type ErrorAnswer,
  type Framework,
  frameworks,
  type Middleware,
  type TestApp,
} from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken } from '../support/tokens.ts';

const TOOLS: ToolRequirements = {
  whoami: null,
  add_note: scope('notes:write'),
  my_profile: user(),
  both: allOf(user(), scope('notes:write')),
  broken: claim(() => {
    throw new Error('canary');
  }, 'a test that throws'),
};

interface McpAppOptions {
  readonly tools?: ToolRequirements;
  readonly optional?: boolean;
  readonly onError?: (error: unknown) => ErrorAnswer;
}

/** A route behind `requireScope` and `authorizeTool`. */
function mcpApp(framework: Framework, options: McpAppOptions = {}): TestApp {
  const { tools = TOOLS, optional = false, onError } = options;
  const { kit } = framework;
  const server = aResourceServer();
  return framework.createApp(
    ({ use, route }) => {
      use(kit.protectedResourceMetadata(server));
      use(framework.authenticate(server, { optional, delegated: onError !== undefined }));
      // The type of a middleware that is one in both frameworks.
      const guard = authorizeTool(tools) as Middleware;
      if (optional) route('/', guard, () => 'called');
      else route('/', kit.requireScope('read:users'), guard, () => 'called');
    },
    { bodyParser: 'json', ...(onError !== undefined && { onError }) },
  );
}

function call(name: string, id: unknown = 1): object {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: {} } };
}

const post = (app: TestApp, body: object, token?: string) =>
  send(app, {
    method: 'post',
    headers: { 'content-type': 'application/json' },
    ...(token !== undefined && { token }),
  }).send(JSON.stringify(body));

const reader = () => aUserToken({ scope: 'read:users' });

describe.each(frameworks)('authorizeTool in $name', (framework) => {
  it('accepts a tool without a requirement, a tool whose requirement is met, and a message that is no call', async () => {
    const app = mcpApp(framework);
    const writer = aUserToken({ scope: 'read:users notes:write' });
    for (const [body, token] of [
      [call('whoami'), reader()],
      [call('my_profile'), reader()],
      [call('both'), writer],
      [{ jsonrpc: '2.0', id: 1, method: 'tools/list' }, reader()],
    ] as const) {
      const response = await post(app, body, token);
      expect([response.status, response.body]).toEqual([200, 'called']);
    }
    expect((await send(app, { token: reader() })).status).toBe(200);
  });

  it('refuses a tool without its scope, with the challenge of a 403 and a JSON-RPC error as body', async () => {
    const response = await post(mcpApp(framework), call('add_note', 'call-7'), reader());
    expect(response.status).toBe(403);
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.headers['cache-control']).toBe('no-store');
    const challenge = response.headers['www-authenticate'];
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="read:users notes:write"');
    expect(challenge).toContain('resource_metadata="');
    expect(response.body).toEqual({
      jsonrpc: '2.0',
      id: 'call-7',
      error: {
        code: -32001,
        message: 'The access token lacks a scope that this resource needs',
      },
    });
  });

  it('refuses the wrong kind of caller: 403 without a challenge', async () => {
    const token = aClientToken({ scope: 'read:users' });
    const response = await post(mcpApp(framework), call('my_profile', 42), token);
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.body).toEqual({
      jsonrpc: '2.0',
      id: 42,
      error: { code: -32001, message: 'Only a user may do this' },
    });
  });

  it.each<[string, object]>([
    ['a tool that is not listed', call('delete_all')],
    ['a tool named like a member of every object', call('constructor')],
    ['a batch with one call that is refused', [call('whoami'), call('delete_all')]],
  ])('refuses %s', async (_, body) => {
    const response = await post(mcpApp(framework), body, reader());
    expect(response.status).toBe(403);
    expect(response.body.error.code).toBe(-32001);
    expect(response.body.id).toBe(Array.isArray(body) ? null : 1);
  });

  it('uses the table as it was when the guard was made', async () => {
    const tools: Record<string, ToolRequirements[string]> = { my_profile: user() };
    const app = mcpApp(framework, { tools });
    tools['my_profile'] = null;
    const response = await post(app, call('my_profile'), aClientToken({ scope: 'read:users' }));
    expect(response.status).toBe(403);
  });

  it('repeats neither an id that is too long nor any other part of the message', async () => {
    const canary = 'canary'.repeat(30);
    const response = await post(mcpApp(framework), call(canary, canary), reader());
    expect(response.status).toBe(403);
    expect(response.body.id).toBeNull();
    expect(JSON.stringify([response.body, response.headers])).not.toContain('canary');
  });

  it('asks an anonymous caller for a token where authentication is optional', async () => {
    const app = mcpApp(framework, { optional: true });
    expect((await post(app, call('whoami'))).status).toBe(200);
    const response = await post(app, call('add_note'));
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toContain('scope="notes:write"');
    expect(response.headers['www-authenticate']).not.toContain('error=');
    expect(response.body).toMatchObject({ jsonrpc: '2.0', id: 1 });
  });

  it('passes refusals to the application where authenticate does, and jsonRpcRefusal answers them', async () => {
    const onError = (error: unknown): ErrorAnswer => {
      if (!(error instanceof RefusedError)) throw error;
      const { status, headers } = error;
      return { status, headers, body: jsonRpcRefusal({ id: 3 }, error) };
    };
    const response = await post(mcpApp(framework, { onError }), call('add_note'), reader());
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toContain('scope="read:users notes:write"');
    expect(response.body).toMatchObject({ jsonrpc: '2.0', id: 3, error: { code: -32001 } });
  });

  it('is unavailable when a requirement cannot be checked: 503 and Retry-After', async () => {
    const response = await post(mcpApp(framework), call('broken'), reader());
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toMatch(/^\d+$/);
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.body).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code: -32001 } });
    expect(JSON.stringify(response.body)).not.toContain('canary');
  });
});
