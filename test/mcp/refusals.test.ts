import { connect, machine, withToken } from '@authly-examples/mcp-express';
import {
  Client,
  OAuthError,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  aClientToken,
  aRunningExample,
  aUserToken,
  call,
  examples,
  post,
} from './example-servers.ts';
import { recordingFetch } from './exchanges.ts';

// MCP authorization (2025-11-25, 2026-07-28), "Error Handling" and "Scope Challenge Handling".

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(examples)('%s', (_, servers) => {
  it.each([
    ['another MCP server', (url: string) => `${url}/other`],
    ['the whole host', (url: string) => new URL(url).origin],
    ['the same path elsewhere', () => 'https://mcp.example.com/mcp'],
  ])(
    'refuses a token for %s: 401 invalid_token, with its metadata',
    async (_audience, audienceOf) => {
      const example = await aRunningExample(servers);
      const token = await aUserToken(example, { audience: audienceOf(example.url) });
      const response = await post(example.url, token);
      expect(response.status).toBe(401);
      const challenge = response.headers.get('www-authenticate');
      expect(challenge).toContain('error="invalid_token"');
      expect(challenge).toContain('resource_metadata="http://127.0.0.1:');
      const error = await rejectionOf(connect(example.url, withToken(token)));
      expect(error).toBeInstanceOf(UnauthorizedError);
    },
  );

  it('refuses a token without the scope of the server: 403 insufficient_scope', async () => {
    const example = await aRunningExample(servers);
    const response = await post(example.url, await aClientToken(example, { scopes: ['other'] }));
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate');
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="notes:read"');
    expect(challenge).toContain('resource_metadata="http://127.0.0.1:');
  });

  it("refuses a tool without the tool's scope, naming with it the scope of the server", async () => {
    const example = await aRunningExample(servers);
    const token = await aClientToken(example);
    const response = await post(example.url, token, call('add_note', { note: 'x' }));
    expect(response.status).toBe(403);
    const challenge = response.headers.get('www-authenticate');
    expect(challenge).toContain('error="insufficient_scope"');
    expect(challenge).toContain('scope="notes:read notes:write"');
    expect(challenge).toContain('resource_metadata="http://127.0.0.1:');
  });

  it('lets a scope pass that implies the one that is needed', async () => {
    const example = await aRunningExample(servers);
    const token = await aClientToken(example, { scopes: ['notes:write'] });
    const client = await connect(example.url, withToken(token));
    onTestFinished(() => client.close());
    const { content } = await client.callTool({ name: 'add_note', arguments: { note: 'x' } });
    expect(content).toEqual([{ type: 'text', text: 'note 1 kept' }]);
  });

  it('makes the client of a machine ask once for the missing scope, together with those that it has', async () => {
    const { url, writer } = await aRunningExample(servers);
    const { fetch, exchanges } = recordingFetch();
    const client = new Client({ name: 'test', version: '1' });
    onTestFinished(() => client.close());
    await client.connect(
      new StreamableHTTPClientTransport(new URL(url), { authProvider: machine(writer), fetch }),
    );
    const { content } = await client.callTool({ name: 'add_note', arguments: { note: 'x' } });
    expect(content).toEqual([{ type: 'text', text: 'note 1 kept' }]);
    const forms = exchanges.filter(({ form }) => form !== undefined);
    expect(forms.map(({ form }) => form?.get('scope'))).toEqual([
      'notes:read',
      'notes:read notes:write',
    ]);
    expect(exchanges.filter(({ status }) => status === 403)).toHaveLength(1);
  });

  it('does not let a machine write if its issuer refuses the scope', async () => {
    const { url, reader } = await aRunningExample(servers);
    const client = await connect(url, machine(reader));
    onTestFinished(() => client.close());
    const error = await rejectionOf(
      client.callTool({ name: 'add_note', arguments: { note: 'x' } }),
    );
    expect(error).toBeInstanceOf(OAuthError);
    expect(error).toMatchObject({ code: 'invalid_scope' });
    const { content } = await client.callTool({ name: 'whoami' });
    expect(content).toEqual([{ type: 'text', text: 'client reader' }]);
  });

  it('refuses a machine a tool for users: 403 forbidden without a challenge', async () => {
    const example = await aRunningExample(servers);
    const response = await post(example.url, await aClientToken(example), call('my_profile'));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32001, message: 'Only a user may do this' },
    });
    const client = await connect(example.url, machine(example.reader));
    onTestFinished(() => client.close());
    const error = await rejectionOf(client.callTool({ name: 'my_profile' }));
    expect(error).toBeInstanceOf(SdkHttpError);
    expect(error).toMatchObject({ data: { status: 403 } });
  });

  it('lets a user into a tool for users', async () => {
    const example = await aRunningExample(servers);
    const client = await connect(example.url, withToken(await aUserToken(example)));
    onTestFinished(() => client.close());
    const { content } = await client.callTool({ name: 'my_profile' });
    expect(content).toEqual([{ type: 'text', text: `test|ada at ${example.issuer.issuer}` }]);
  });

  it('refuses a batch because of one of its calls', async () => {
    const example = await aRunningExample(servers);
    const batch = [call('whoami'), call('my_profile')];
    expect((await post(example.url, await aClientToken(example), batch)).status).toBe(403);
    expect((await post(example.url, await aUserToken(example), batch)).status).toBe(200);
  });

  it('refuses a tool that has no listed requirement', async () => {
    const example = await aRunningExample(servers);
    const response = await post(example.url, await aUserToken(example), call('delete_all'));
    expect(response.status).toBe(403);
  });

  it.each(['text/plain', 'application/json, application/json'])(
    'refuses a call that no body parser reads, as %s',
    async (contentType) => {
      const example = await aRunningExample(servers);
      const body = call('whoami');
      const token = await aUserToken(example);
      const { status } = await post(example.url, token, body, { 'content-type': contentType });
      expect([403, 415]).toContain(status);
    },
  );

  it('answers 503 with Retry-After while the keys of the issuer cannot be fetched', async () => {
    const example = await aRunningExample({ ...servers, authorizationServer: () => unavailable });
    const response = await post(example.url, await aUserToken(example));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(response.headers.get('www-authenticate')).toBeNull();
  });

  it('refuses requests of pages of other origins, and requests to other hosts', async () => {
    const example = await aRunningExample(servers);
    const token = await aUserToken(example);
    const headers = { origin: 'https://evil.example.com' };
    expect((await post(example.url, token, call('whoami'), headers)).status).toBe(403);
    const elsewhere = example.url.replace('127.0.0.1', 'localhost');
    expect((await post(elsewhere, token)).status).toBe(403);
  });

  it('recognizes each of 40 callers that call at the same time', async () => {
    const example = await aRunningExample(servers);
    const callers = Array.from({ length: 40 }, async (_none, index) => {
      const token = await (index % 2 === 0 ? aUserToken(example) : aClientToken(example));
      const response = await post(example.url, token);
      return /"text":"(\w+)/.exec(await response.text())?.[1];
    });
    const kinds = await Promise.all(callers);
    expect(kinds).toEqual(kinds.map((_kind, index) => (index % 2 === 0 ? 'user' : 'client')));
  });
});

function unavailable(_request: unknown, response: { writeHead(status: number): { end(): void } }) {
  response.writeHead(503).end();
}
