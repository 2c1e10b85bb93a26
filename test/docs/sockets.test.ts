import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { testIssuer } from '@authly/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { aClient, bearer, started } from '../sockets/ws-server.ts';
import { listen } from '../support/requests.ts';

const auth0 = testIssuer({
  issuer: 'https://acme.eu.auth0.com/',
  audience: 'https://api.acme.com',
});
const realFetch = globalThis.fetch;

// The snippets name a real provider. Here its address is answered in this process.
beforeAll(() => {
  vi.stubGlobal('fetch', async (input: string | URL | Request, init?: RequestInit) => {
    const url = String(input instanceof Request ? input.url : input);
    if (url.startsWith('http://127.0.0.1:')) return await realFetch(input, init);
    return url.endsWith('/jwks')
      ? Response.json(auth0.jwks)
      : Response.json({ issuer: auth0.issuer, jwks_uri: `${auth0.issuer}jwks` });
  });
  return () => vi.unstubAllGlobals();
});

function aToken(claims: object = {}): string {
  const shape = { sub: 'auth0|17', azp: 'web-app', sub_type: undefined, client_id: undefined };
  const scope = 'chat feed';
  return auth0.aToken({ ...shape, scope, ...claims }, { header: { typ: 'JWT' } });
}

const application = async () => {
  const { server, resourceServer, revocations } = await import('./snippets/sockets/app.ts');
  if (!server.listening) await started(server);
  const { port } = server.address() as AddressInfo;
  const urls = { origin: `http://127.0.0.1:${port}`, url: `ws://127.0.0.1:${port}` };
  return { resourceServer, revocations, ...urls };
};

describe('the snippets of docs/sockets.md', () => {
  it('open a socket for a browser, and close it when the caller is revoked', async () => {
    const { url, revocations } = await application();
    const { ws, outcome, closed } = aClient(url, { protocols: ['chat.v1', `bearer.${aToken()}`] });
    expect(await outcome).toBe('open');
    ws.send('hello');
    const [said] = await once(ws, 'message');
    expect(String(said)).toMatch(/^user:.*: hello$/);
    await revocations.revokeSubject(
      { issuer: auth0.issuer, subject: 'auth0|17' },
      { issuedBefore: 4e9 },
    );
    expect(await closed).toEqual([1008, 'token revoked']);
  });

  it('stream events on Express and on Koa', async () => {
    const feed = await application();
    const { createApp } = await import('./snippets/sockets/koa.ts');
    const koa = await listen(createApp(feed.resourceServer as never).callback());
    const token = aToken({ sub: 'auth0|18' });
    for (const [origin, first] of [
      [feed.origin, 'data: tick\n\n'],
      [koa.origin, 'event: greeting\nid: 1\ndata: hello\n\n'],
    ] as const) {
      const response = await realFetch(`${origin}/feed`, { headers: bearer(token) });
      const reader = response.body?.getReader();
      const chunk = await reader?.read();
      expect(Buffer.from(chunk?.value ?? []).toString()).toBe(first);
      await reader?.cancel();
    }
    koa.close();
  });

  it('read the token from the first message of a socket', async () => {
    const { resourceServer } = await application();
    const { acceptSockets } = await import('./snippets/sockets/first-message.ts');
    const wss = acceptSockets(resourceServer as never, 0);
    await once(wss, 'listening');
    const ws = new WebSocket(`ws://127.0.0.1:${(wss.address() as AddressInfo).port}`);
    await once(ws, 'open');
    ws.send(JSON.stringify({ token: aToken({ sub: 'auth0|19' }) }));
    const [said] = await once(ws, 'message');
    expect(String(said)).toContain('hello user:');
    ws.terminate();
    wss.close();
  });

  it('take renewals', async () => {
    const { takeRenewals } = await import('./snippets/sockets/renewal.ts');
    const { resourceServer } = await application();
    const lease = resourceServer.lease(await resourceServer.verify(aToken({ sub: 'auth0|20' })));
    const sent: string[] = [];
    let hear: (data: string) => void = () => {};
    const ws = {
      send: (text: string) => sent.push(text),
      on(_name: string, listener: typeof hear) {
        hear = listener;
      },
    };
    takeRenewals(ws as never, { principal: lease.principal, lease } as never);
    hear(`renew ${aToken({ sub: 'auth0|20' })}`);
    hear(`renew ${aToken({ sub: 'auth0|21' })}`);
    hear('other');
    const answers = ['{"type":"renewed"}', '{"type":"not-renewed","error":"invalid_token"}'];
    await vi.waitFor(() => expect(sent).toEqual(answers));
    lease.end();
  });

  it('end other work with the lease', async () => {
    const { longWork } = await import('./snippets/sockets/anything.ts');
    const { resourceServer, revocations } = await application();
    const request = { headers: bearer(aToken({ sub: 'auth0|22' })) };
    const until = (signal: AbortSignal) =>
      new Promise<void>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason)),
      );
    const outcome = longWork(resourceServer as never, request, until);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await revocations.revokeSubject(
      { issuer: auth0.issuer, subject: 'auth0|22' },
      { issuedBefore: 4e9 },
    );
    expect(await outcome).toBe('token revoked');
    const token = aToken({ sub: 'auth0|23' });
    expect(
      await longWork(resourceServer as never, { headers: bearer(token) }, async () => {}),
    ).toBe('done');
  });
});
