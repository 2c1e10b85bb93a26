import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import { authorizeTool, principalFrom, setAuthInfo, tokenVerifier } from '@authly/mcp';
import {
  type LoopbackServer,
  NOTES_SCOPES,
  openLoopbackServer,
  TOOL_REQUIREMENTS,
} from '@authly-examples/mcp-express';
import { bodyParser } from '@koa/bodyparser';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { InvalidTokenError, OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import express from 'express';
import Koa from 'koa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aUserToken } from '../support/tokens.ts';
import { aRunningExample, examples } from './example-servers.ts';

// The MCP SDK 1.x, server and client, unmodified.

/** An MCP server of the SDK 1.x, one for each request, as its stateless examples have it. */
async function aTransport(): Promise<StreamableHTTPServerTransport> {
  const server = new McpServer({ name: 'test', version: '1' });
  server.registerTool('whoami', {}, ({ authInfo }) => {
    const { kind } = principalFrom(authInfo);
    const text = JSON.stringify({ kind, scopes: authInfo?.scopes, resource: authInfo?.resource });
    return { content: [{ type: 'text', text }] };
  });
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport as Transport);
  return transport;
}

const RESOURCE = `${AUDIENCE}/mcp`;
const resourceServer = aResourceServer({ audience: RESOURCE, scopeImplies: NOTES_SCOPES });
const tools = authorizeTool({ ...TOOL_REQUIREMENTS, whoami: null });

const servers = {
  Express: () =>
    express().use(
      expressKit.authenticate(resourceServer),
      express.json(),
      tools,
      async (request, response) => {
        setAuthInfo(request, expressKit.principalOf(request), resourceServer);
        await (await aTransport()).handleRequest(request, response, request.body);
      },
    ),
  Koa: () =>
    new Koa()
      .use(koaKit.authenticate(resourceServer))
      .use(bodyParser())
      .use(tools)
      .use(async (context) => {
        setAuthInfo(context.req, koaKit.principalOf(context), resourceServer);
        context.respond = false;
        const transport = await aTransport();
        await transport.handleRequest(context.req, context.res, context.request.body);
      })
      .callback(),
} as const;

async function serving(listener: Parameters<LoopbackServer['serve']>[0]): Promise<string> {
  const server = await openLoopbackServer();
  onTestFinished(() => server.close());
  server.serve(listener);
  return `${server.origin}/mcp`;
}

async function connected(transport: StreamableHTTPClientTransport): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  onTestFinished(() => client.close());
  await client.connect(transport as Transport);
  return client;
}

describe.each(Object.entries(servers))('a server of the SDK 1.x on %s', (_, createListener) => {
  async function aClient(scope: string): Promise<Client> {
    const authorization = `Bearer ${aUserToken({ aud: RESOURCE, scope })}`;
    const url = new URL(await serving(createListener()));
    return connected(
      new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization } } }),
    );
  }

  it('has the caller in a tool, after authenticate and setAuthInfo', async () => {
    const client = await aClient('notes:write');
    const { content } = await client.callTool({ name: 'whoami' });
    expect(content).toEqual([
      {
        type: 'text',
        text: JSON.stringify({
          kind: 'user',
          scopes: ['notes:write', 'notes:read'],
          resource: RESOURCE,
        }),
      },
    ]);
  });

  it('refuses a tool with a message that its client shows, and serves further calls', async () => {
    const client = await aClient('notes:read');
    await expect(client.callTool({ name: 'delete_all' })).rejects.toThrow(
      'The caller does not meet a requirement',
    );
    expect((await client.callTool({ name: 'whoami' })).content).toHaveLength(1);
  });

  it('is 401 with a challenge for an expired token', async () => {
    const response = await fetch(await serving(createListener()), {
      method: 'POST',
      headers: { authorization: `Bearer ${aUserToken({ aud: RESOURCE, exp: 1 })}` },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});

describe.each(examples)('the client of the SDK 1.x at %s', (_, exampleServers) => {
  it('finds issuer and scopes by itself, and asks for a further scope when a tool needs it', async () => {
    const { url, writer } = await aRunningExample(exampleServers);
    const { clientId, clientSecret, issuer: expectedIssuer } = writer;
    const credentials = { clientId, clientSecret, expectedIssuer };
    const authProvider = new ClientCredentialsProvider(credentials);
    const client = await connected(
      new StreamableHTTPClientTransport(new URL(url), { authProvider }),
    );
    expect((await client.callTool({ name: 'whoami' })).content).toEqual([
      { type: 'text', text: 'client writer' },
    ]);
    const note = { name: 'add_note', arguments: { note: 'x' } };
    expect((await client.callTool(note)).content).toEqual([{ type: 'text', text: 'note 1 kept' }]);
    await expect(client.callTool({ name: 'my_profile' })).rejects.toThrow(
      'Only a user may do this',
    );
    expect((await client.callTool({ name: 'whoami' })).content).toHaveLength(1);
  });
});

describe('tokenVerifier', () => {
  it.each([
    ['OAuthError', OAuthError],
    ['InvalidTokenError', InvalidTokenError],
  ])('refuses %s of the SDK 1.x, and says what to write', (_, theirs) => {
    // @ts-expect-error The classes of 1.x have no `code`.
    expect(() => tokenVerifier(resourceServer, theirs)).toThrow(
      /Write: import \{ OAuthError \} from '@modelcontextprotocol\/server'.*setAuthInfo\(/,
    );
  });
});
