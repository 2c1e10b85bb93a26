import { createServer } from 'node:http';
import type { TokenEvent } from '@authly/client';
import { type ListeningTestIssuer, testIssuer } from '@authly/testing';
import { createOrdersClient } from '@authly-examples/machine-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const closers: (() => unknown)[] = [];
let issuer: ListeningTestIssuer;

beforeEach(async () => {
  issuer = await testIssuer({ scopes: ['read:orders', 'write:orders'] }).listen();
  closers.push(() => issuer.close());
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** An API that notes what it gets, and answers 200. */
async function serveOrders() {
  const seen: { readonly path: string | undefined; readonly token: string }[] = [];
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.split(' ')[1] ?? '';
    seen.push({ path: request.url, token });
    response.end('[]');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { apiUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, seen };
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

describe('the machine client', () => {
  it('calls the API with a token for it, and keeps the token', async () => {
    const { apiUrl, seen } = await serveOrders();
    const events: TokenEvent[] = [];
    const orders = createOrdersClient({
      issuer: issuer.issuer,
      ...issuer.client,
      resource: issuer.audience,
      apiUrl,
      scope: 'read:orders',
      onEvent: (event) => events.push(event),
    });
    await Promise.all([orders.fetch('/orders'), orders.fetch('/orders?page=2')]);
    expect(await (await orders.fetch('/orders')).text()).toBe('[]');
    expect(seen.map(({ path }) => path).sort()).toEqual(['/orders', '/orders', '/orders?page=2']);
    expect(new Set(seen.map(({ token }) => token)).size).toBe(1);
    expect(claimsOf(seen[0]?.token ?? '')).toMatchObject({
      iss: issuer.issuer,
      aud: issuer.audience,
      client_id: issuer.client.clientId,
      scope: 'read:orders',
    });
    expect(events.map(({ type }) => type)).toEqual(['token.fetched']);
    orders.close();
    await expect(orders.fetch('/orders')).rejects.toMatchObject({ reason: 'closed' });
  });

  it('sends the token only to the API', async () => {
    const { apiUrl, seen } = await serveOrders();
    const orders = createOrdersClient({
      issuer: issuer.issuer,
      ...issuer.client,
      resource: issuer.audience,
      apiUrl,
    });
    await expect(orders.fetch('https://elsewhere.example.com/')).rejects.toMatchObject({
      reason: 'foreign_origin',
    });
    expect(seen).toEqual([]);
  });
});
