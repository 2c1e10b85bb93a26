import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type AuthEvent,
  fromCookie,
  fromSubprotocol,
  memoryRevocations,
  scope,
} from '@authly/core';
import { describe, expect, it, vi } from 'vitest';
import { aBoundProof, aBoundToken } from '../support/bound.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aToken, NOW } from '../support/tokens.ts';
import { aClient, aGuardedServer, bearer } from './ws-server.ts';

/** A resource server with a clock that the test sets and events that it reads. */
function anApi(options: Parameters<typeof aResourceServer>[0] = {}) {
  const clock = aClock();
  const events: AuthEvent[] = [];
  const server = aResourceServer({ clock, onEvent: (event) => events.push(event), ...options });
  return { clock, events, server };
}

/** The whole answer to a request that is written as it is. */
async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  return await text(socket);
}

function upgradeOf(path: string, headers: readonly string[] = []): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: evil.example',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '',
    '',
  ].join('\r\n');
}

describe('a client of ws', () => {
  it('[RFC6455-10.5-a] is accepted with a good token, and the application knows who it is', async () => {
    const { server } = anApi();
    const { url, admitted, messages } = await aGuardedServer(server, {
      requirement: scope('read:users'),
    });
    const { ws, outcome } = aClient(url, { headers: bearer(aToken()) });
    expect(await outcome).toBe('open');
    ws.send('hello');
    await vi.waitFor(() => expect(messages).toEqual(['hello']));
    expect(admitted).toMatchObject([{ principal: { kind: 'user', userId: 'ada' } }]);
    expect(admitted[0]?.lease.ended).toBeUndefined();
  });

  it.each([
    ['without a token', {}, 401],
    ['with an expired one', bearer(aToken({ exp: NOW - 6 })), 401],
    [
      'with one that expires now, although a request has a tolerance',
      bearer(aToken({ exp: NOW })),
      401,
    ],
    ['without the scope', bearer(aToken({ scope: 'other' })), 403],
    ['with a malformed header', { authorization: 'Bearer a b' }, 400],
  ])('is refused %s', async (_what, headers, status) => {
    const { server } = anApi();
    const { url, admitted } = await aGuardedServer(server, { requirement: scope('read:users') });
    expect(await aClient(url, { headers }).outcome).toBe(status);
    expect(admitted).toEqual([]);
  });

  it('[RFC6455-7.4.1-a] is closed with 1008 when its token expires, when it is revoked, and with 1001 at the end', async () => {
    const clock = aClock();
    const revocations = memoryRevocations({ clock });
    const { server, events } = anApi({ clock, revocation: { store: revocations } });
    const { url, admitted } = await aGuardedServer(server);
    const [short, revoked, staying] = [
      aClient(url, { headers: bearer(aToken({ exp: NOW + 60 })) }),
      aClient(url, { headers: bearer(aToken({ sub: 'grace' })) }),
      aClient(url, { headers: bearer(aToken({ sub: 'hedy' })) }),
    ];
    await Promise.all([short.outcome, revoked.outcome, staying.outcome]);
    await vi.waitFor(() => expect(admitted).toHaveLength(3));

    await revocations.revokeSubject({ issuer: 'https://as.example.com', subject: 'grace' });
    expect(await revoked.closed).toEqual([1008, 'token revoked']);
    clock.advanceSec(60);
    expect(await short.closed).toEqual([1008, 'token expired']);
    expect(admitted.filter(({ lease }) => lease.ended === undefined)).toHaveLength(1);
    server.close();
    expect(await staying.closed).toEqual([1001, 'going away']);
    const ends = events.filter(({ type }) => type === 'lease.ended');
    expect(ends).toMatchObject([
      { cause: 'revoked' },
      { cause: 'expired' },
      { cause: 'server_closed' },
    ]);
  });

  it('continues with a new token of its own, and not with another caller’s', async () => {
    const { server, clock } = anApi();
    const { url, admitted } = await aGuardedServer(server);
    const client = aClient(url, { headers: bearer(aToken({ exp: NOW + 60 })) });
    await client.outcome;
    await vi.waitFor(() => expect(admitted).toHaveLength(1));
    const lease = admitted[0]?.lease;
    await expect(lease?.renew(aToken({ sub: 'mallory' }))).rejects.toMatchObject({
      reason: 'renewal_mismatch',
    });
    await lease?.renew(aToken({ exp: NOW + 120 }));
    clock.advanceSec(60);
    expect(lease?.ended).toBeUndefined();
    clock.advanceSec(60);
    expect(await client.closed).toEqual([1008, 'token expired']);
  });

  it('ends its lease when it leaves', async () => {
    const { server } = anApi();
    const { url, admitted } = await aGuardedServer(server);
    const { ws, outcome } = aClient(url, { headers: bearer(aToken()) });
    await outcome;
    ws.terminate();
    await vi.waitFor(() => expect(admitted[0]?.lease.ended?.cause).toBe('released'));
  });
});

describe('a refusal', () => {
  it('[RFC6455-4.2.2-a] is a whole response, without anything from the request', async () => {
    const { server, events } = anApi();
    const { port } = await aGuardedServer(server);
    const answer = await raw(port, upgradeOf(`/chat?access_token=${aToken()}`));
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      'HTTP/1.1 401 Unauthorized',
      'content-type: application/json; charset=utf-8',
      'cache-control: no-store',
      'www-authenticate: Bearer realm="api"',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ]);
    expect(JSON.parse(body)).toMatchObject({ error: 'missing_credentials' });
    expect(JSON.stringify(events)).not.toContain('access_token');
  });

  it('does not end the process when the client resets the connection', async () => {
    const { server } = anApi();
    const { url, port } = await aGuardedServer(server);
    for (let round = 0; round < 20; round++) {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await new Promise<void>((resolve) => socket.write(upgradeOf('/'), () => resolve()));
      if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
      socket.resetAndDestroy();
    }
    expect(await aClient(url, { headers: bearer(aToken()) }).outcome).toBe('open');
  });

  it('of a requirement that throws is 503, which an event tells and onError does not', async () => {
    const faults: unknown[] = [];
    const { server, events } = anApi();
    const fault = new Error('a bug');
    const requirement = {
      ...scope('a'),
      evaluate() {
        throw fault;
      },
    };
    const { url } = await aGuardedServer(server, {
      requirement,
      onError: (error) => faults.push(error),
    });
    expect(await aClient(url, { headers: bearer(aToken()) }).outcome).toBe(503);
    expect(faults).toEqual([]);
    expect(events.map((event) => 'reason' in event && event.reason)).toContain(
      'requirement_failed',
    );
  });
});

describe('bytes that arrive with the request', () => {
  it('are handed on', async () => {
    const { server } = anApi();
    const { port, messages } = await aGuardedServer(server);
    // A masked text frame, "hi", in the same packet as the request (RFC 6455 §5.2).
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const socket = connect(port, '127.0.0.1');
    socket.write(
      Buffer.concat([Buffer.from(upgradeOf('/', [`Authorization: Bearer ${aToken()}`])), frame]),
    );
    await vi.waitFor(() => expect(messages).toEqual(['hi']));
    // And what comes while the token is verified.
    socket.write(frame);
    await vi.waitFor(() => expect(messages).toEqual(['hi', 'hi']));
    socket.destroy();
  });
});

describe('a token as a subprotocol', () => {
  const options = { credentials: fromSubprotocol('bearer.') };

  it('[RFC6455-4.2.2-c] is accepted, and never sent back', async () => {
    const { server } = anApi();
    const { url, admitted } = await aGuardedServer(server, options);
    const client = aClient(url, { protocols: [`bearer.${aToken()}`, 'chat.v1'] });
    expect(await client.outcome).toBe('open');
    expect(client.ws.protocol).toBe('chat.v1');
    expect(admitted).toMatchObject([{ principal: { userId: 'ada' } }]);
  });

  it.each([
    ['two tokens', { protocols: ['bearer.a', 'bearer.b'] }, 400],
    ['a token beside Authorization', { protocols: ['bearer.a', 'x'], headers: bearer('b') }, 400],
    ['no token', { protocols: ['chat.v1'] }, 401],
    ['an empty one', { protocols: ['bearer.', 'x'] }, 401],
  ])('refuses %s', async (_what, offered, status) => {
    const { server } = anApi();
    const { url } = await aGuardedServer(server, options);
    expect(await aClient(url, offered).outcome).toBe(status);
  });
});

describe('a token in a cookie', () => {
  const options = {
    credentials: fromCookie('__Host-at', { origins: ['https://app.example.com'] }),
  };

  it('[RFC6455-4.2.2-b] [RFC6455-10.2-a] is accepted from a listed origin, and from no other page', async () => {
    const { server } = anApi();
    const { url } = await aGuardedServer(server, options);
    const cookie = `__Host-at=${aToken()}`;
    const from = (origin: string) => aClient(url, { headers: { cookie, origin } }).outcome;
    expect(await from('https://app.example.com')).toBe('open');
    expect(await from('https://evil.example')).toBe(403);
    expect(await aClient(url, { headers: { cookie } }).outcome).toBe(403);
  });
});

describe('a bound token', () => {
  const boundApi = () => {
    const api = anApi({ dpop: { publicUrls: AUDIENCE } });
    return { ...api, token: aBoundToken() };
  };

  it.each(['https://api.example.com/chat', 'wss://api.example.com/chat'])(
    'is let in with a proof for %s, once',
    async (url) => {
      const { server, token } = boundApi();
      const guarded = await aGuardedServer(server);
      const proof = aBoundProof(token, { url, method: 'GET' });
      const headers = { authorization: `DPoP ${token}`, dpop: proof };
      expect(await aClient(`${guarded.url}/chat`, { headers }).outcome).toBe('open');
      expect(await aClient(`${guarded.url}/chat`, { headers }).outcome).toBe(401);
    },
  );

  it('is renewed with a proof for the same socket, and not without, nor with another key', async () => {
    const { server, token } = boundApi();
    const guarded = await aGuardedServer(server);
    const url = 'https://api.example.com/chat';
    const headers = { authorization: `DPoP ${token}`, dpop: aBoundProof(token, { url }) };
    expect(await aClient(`${guarded.url}/chat`, { headers }).outcome).toBe('open');
    await vi.waitFor(() => expect(guarded.admitted).toHaveLength(1));
    const lease = guarded.admitted[0]?.lease;
    const next = aBoundToken({ exp: NOW + 900 });
    await expect(lease?.renew(next)).rejects.toMatchObject({ reason: 'binding_scheme_mismatch' });
    await expect(lease?.renew(next, headers.dpop)).rejects.toMatchObject({
      code: 'invalid_dpop_proof',
    });
    await expect(
      lease?.renew(next, aBoundProof(next, { url: 'https://api.example.com/other' })),
    ).rejects.toMatchObject({ reason: 'proof_url_mismatch' });
    await expect(lease?.renew(aToken())).rejects.toMatchObject({ reason: 'renewal_mismatch' });
    expect(
      await lease?.renew(next, aBoundProof(next, { url: 'wss://api.example.com/chat' })),
    ).toMatchObject({ userId: 'ada' });
    expect(lease?.expiresAt).toBe(NOW + 900);
  });
});
