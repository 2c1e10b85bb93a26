import { createServer, type RequestListener } from 'node:http';
import { type ListeningTestIssuer, testIssuer } from '@authly/testing';
import { createApiClient, createTokenSource } from '@authly-examples/machine-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const closers: (() => Promise<void>)[] = [];
let issuer: ListeningTestIssuer;

beforeEach(async () => {
  issuer = await testIssuer({ scopes: ['read:orders', 'write:orders'] }).listen();
  closers.push(() => issuer.close());
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function tokenSource(options: { scope?: string; now?: () => number } = {}) {
  const { audience, client } = issuer;
  return createTokenSource({ issuer: issuer.issuer, resource: audience, ...client, ...options });
}

/** Serves on loopback and answers its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** Answers with these statuses in turn, and notes the tokens that were sent. */
async function serveStatuses(...statuses: number[]) {
  const tokens: (string | undefined)[] = [];
  const url = await serve((request, response) => {
    tokens.push(request.headers.authorization);
    response
      .writeHead(statuses[tokens.length - 1] ?? 500, { location: '/elsewhere' })
      .end('answer');
  });
  return { url, tokens };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('createTokenSource', () => {
  it('gets a token for the API with the scopes asked for', async () => {
    const claims = claimsOf(await tokenSource({ scope: 'read:orders' }).get());
    expect(claims).toMatchObject({
      iss: issuer.issuer,
      aud: issuer.audience,
      client_id: issuer.client.clientId,
      scope: 'read:orders',
    });
  });

  it('asks once for callers that come at the same time, and keeps the token', async () => {
    const tokens = tokenSource();
    const together = await Promise.all([tokens.get(), tokens.get(), tokens.get()]);
    expect(new Set([...together, await tokens.get()]).size).toBe(1);
  });

  it('renews the token half a minute before it expires', async () => {
    let now = Date.now();
    const tokens = tokenSource({ now: () => now });
    const first = await tokens.get();
    const { iat, exp } = claimsOf(first);
    const lifetimeMs = (Number(exp) - Number(iat)) * 1000;
    now += lifetimeMs - 30_001;
    expect(await tokens.get()).toBe(first);
    now += 1;
    expect(await tokens.get()).not.toBe(first);
  });

  it('forgets the token that it is told to forget, and no newer one', async () => {
    const tokens = tokenSource();
    const first = await tokens.get();
    tokens.forget(first);
    const second = await tokens.get();
    expect(second).not.toBe(first);
    tokens.forget(first);
    expect(await tokens.get()).toBe(second);
  });

  it('tries again after a failure', async () => {
    const { audience: resource, client } = issuer;
    let up = false;
    const url = await serve((request, response) => {
      if (!up) return response.writeHead(503).end();
      const metadata = {
        issuer: url,
        token_endpoint: `${url}/token`,
        response_types_supported: [],
      };
      const token = { access_token: 'a-token', token_type: 'Bearer', expires_in: 600 };
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify(request.method === 'POST' ? token : metadata));
    });
    const tokens = createTokenSource({ issuer: url, resource, ...client });
    await expect(tokens.get()).rejects.toThrow();
    up = true;
    expect(await tokens.get()).toBe('a-token');
  });
});

describe('createApiClient', () => {
  it('sends the token with every request, and passes on what it is given', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const chunks = await request.toArray();
      const { method, headers } = request;
      seen.push([method, request.url, headers['content-type'], String(Buffer.concat(chunks))]);
      response.writeHead(headers.authorization?.startsWith('Bearer ') ? 201 : 401).end();
    });
    const response = await createApiClient(url, tokenSource()).fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"item":1}',
    });
    expect(response.status).toBe(201);
    expect(seen).toEqual([['POST', '/orders', 'application/json', '{"item":1}']]);
  });

  it('tries once more with a new token after a 401', async () => {
    const { url, tokens } = await serveStatuses(401, 200);
    const response = await createApiClient(url, tokenSource()).fetch('/');
    expect([response.status, await response.text()]).toEqual([200, 'answer']);
    expect(new Set(tokens).size).toBe(2);
  });

  it('gives a second 401 back', async () => {
    const { url, tokens } = await serveStatuses(401, 401, 200);
    expect((await createApiClient(url, tokenSource()).fetch('/')).status).toBe(401);
    expect(tokens).toHaveLength(2);
  });

  it('does not try again after a 403', async () => {
    const { url, tokens } = await serveStatuses(403, 200);
    expect((await createApiClient(url, tokenSource()).fetch('/')).status).toBe(403);
    expect(tokens).toHaveLength(1);
  });

  it('follows no redirect with the token', async () => {
    const { url, tokens } = await serveStatuses(302, 200);
    await expect(createApiClient(url, tokenSource()).fetch('/')).rejects.toThrow();
    expect(tokens).toHaveLength(1);
  });
});
