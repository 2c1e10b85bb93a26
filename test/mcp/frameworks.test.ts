import type { RequestListener } from 'node:http';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import { principalFrom, setAuthInfo } from '@authly/mcp';
import { connect, openLoopbackServer, withToken } from '@authly-examples/mcp-express';
import { bodyParser } from '@koa/bodyparser';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import express from 'express';
import express4 from 'express4';
import Koa from 'koa';
import Koa2 from 'koa2';
import supertest from 'supertest';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClientToken, aUserToken } from '../support/tokens.ts';

// What the examples show with one version of each framework, on every version that the adapters support.

const mcp = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer({ name: 'test', version: '1' });
    server.registerTool('whoami', {}, ({ http }) => {
      const { clientId, scopes, resource } = http?.authInfo ?? {};
      const { kind } = principalFrom(http?.authInfo);
      const text = JSON.stringify({ kind, clientId, scopes, resource });
      return { content: [{ type: 'text', text }] };
    });
    return server;
  }),
);

const RESOURCE = `${AUDIENCE}/mcp`;

const resourceServer = aResourceServer({
  audience: RESOURCE,
  scopeImplies: { 'write:users': ['list:users'] },
});

function expressApp(create: typeof express): RequestListener {
  const { authenticate, principalOf, protectedResourceMetadata } = expressKit;
  return create()
    .use(protectedResourceMetadata(resourceServer), authenticate(resourceServer), create.json())
    .use((request, response) => {
      setAuthInfo(request, principalOf(request), resourceServer);
      return mcp(request, response, request.body);
    });
}

function koaApp(Create: typeof Koa): RequestListener {
  const { authenticate, principalOf, protectedResourceMetadata } = koaKit;
  return new Create()
    .use(protectedResourceMetadata(resourceServer))
    .use(authenticate(resourceServer))
    .use(bodyParser())
    .use((context) => {
      const { req, res, method, url } = context;
      setAuthInfo(context, principalOf(context), resourceServer);
      context.respond = false;
      return mcp(Object.assign(req, { method, url }), res, context.request.body);
    })
    .callback();
}

describe.each<[string, () => RequestListener]>([
  ['Express 4', () => expressApp(express4)],
  ['Express 5', () => expressApp(express)],
  ['Koa 2', () => koaApp(Koa2)],
  ['Koa 3', () => koaApp(Koa)],
])('%s', (_, createListener) => {
  it.each([
    ['user', aUserToken({ aud: RESOURCE }), 'web-app'],
    ['client', aClientToken({ aud: RESOURCE }), 'nightly-sync'],
  ])(
    'tells a tool which %s is calling, with which scopes, for which resource',
    async (kind, token, clientId) => {
      const server = await openLoopbackServer();
      onTestFinished(() => server.close());
      server.serve(createListener());
      const client = await connect(`${server.origin}/mcp`, withToken(token));
      onTestFinished(() => client.close());
      const { content } = await client.callTool({ name: 'whoami' });
      const [part] = content;
      expect(part?.type === 'text' && JSON.parse(part.text)).toEqual({
        kind,
        clientId,
        scopes: ['read:users', 'write:users', 'list:users'],
        resource: RESOURCE,
      });
    },
  );

  it('lets nobody in without a token', async () => {
    await supertest(createListener())
      .post('/mcp')
      .expect(401)
      .expect(
        'www-authenticate',
        `Bearer realm="api", resource_metadata="${AUDIENCE}/.well-known/oauth-protected-resource/mcp"`,
      );
  });
});
