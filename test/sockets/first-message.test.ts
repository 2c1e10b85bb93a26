import { createServer } from 'node:http';
import {
  type AdmittedConnection,
  type FirstMessageOptions,
  firstMessage,
  type ResourceServer,
  scope,
} from '@authly/core';
import { describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { aBoundProof, aBoundToken } from '../support/bound.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, aToken, NOW } from '../support/tokens.ts';
import { aClient, type Client, started } from './ws-server.ts';

/** A WebSocket server that asks for the token first, and the callers that it has admitted. */
async function aServer(
  resourceServer: ResourceServer<unknown> = aResourceServer(),
  options: FirstMessageOptions = {},
  greet = (ws: WebSocket): unknown => ws.send('welcome'),
) {
  const server = createServer();
  const wss = new WebSocketServer({ server });
  const admitted: AdmittedConnection[] = [];
  const messages: string[] = [];
  wss.on(
    'connection',
    firstMessage(resourceServer, options, (ws, _request, connection) => {
      admitted.push(connection);
      ws.on('message', (data: unknown) => messages.push(String(data)));
      return greet(ws);
    }),
  );
  const port = await started(server);
  return { url: `ws://127.0.0.1:${port}/chat`, admitted, messages };
}

/** An open client, and the messages that it gets. */
async function opened(url: string): Promise<Client & { readonly told: string[] }> {
  const client = aClient(url);
  const told: string[] = [];
  client.ws.on('message', (data) => told.push(String(data)));
  expect(await client.outcome).toBe('open');
  return { ...client, told };
}

const saying = (token: string, proof?: string) => JSON.stringify({ token, proof });

describe('a socket that says first who it is', () => {
  it('is accepted, and the application gets everything after that', async () => {
    const { url, admitted, messages } = await aServer(aResourceServer(), {
      requirement: scope('read:users'),
    });
    const { ws, told } = await opened(url);
    ws.send(saying(aToken()));
    await vi.waitFor(() => expect(told).toEqual(['welcome']));
    ws.send('hello');
    await vi.waitFor(() => expect(messages).toEqual(['hello']));
    expect(admitted).toMatchObject([{ principal: { userId: 'ada' } }]);
  });

  it('is closed with its lease', async () => {
    const clock = aClock();
    const { url } = await aServer(aResourceServer({ clock }));
    const { ws, told, closed } = await opened(url);
    ws.send(saying(aToken({ exp: NOW + 30 })));
    await vi.waitFor(() => expect(told).toEqual(['welcome']));
    clock.advanceSec(30);
    expect(await closed).toEqual([1008, 'token expired']);
  });

  it('may be bound to a key: the proof is for the URL of the socket', async () => {
    const { url, admitted } = await aServer(aResourceServer({ dpop: { publicUrls: AUDIENCE } }));
    const token = aBoundToken();
    const { ws, told } = await opened(url);
    ws.send(saying(token, aBoundProof(token, { url: 'wss://api.example.com/chat' })));
    await vi.waitFor(() => expect(told).toEqual(['welcome']));
    const next = aBoundToken({ exp: NOW + 900 });
    await admitted[0]?.lease.renew(next, aBoundProof(next, { url: `${AUDIENCE}/chat` }));
    expect(admitted[0]?.lease.expiresAt).toBe(NOW + 900);
  });

  it('may say it in another form, with the option read', async () => {
    const read = (text: string) =>
      text.startsWith('LOGIN ') ? { token: text.slice(6) } : undefined;
    const { url } = await aServer(aResourceServer(), { read });
    const { ws, told } = await opened(url);
    ws.send(`LOGIN ${aToken()}`);
    await vi.waitFor(() => expect(told).toEqual(['welcome']));
  });
});

describe('a fault of the application', () => {
  it.each<readonly [string, (fault: Error) => unknown]>([
    [
      'throws',
      (fault) => {
        throw fault;
      },
    ],
    ['rejects', (fault) => Promise.reject(fault)],
  ])(
    '[RFC6455-7.4.1-b] that %s closes the socket with 1011, and onError is told',
    async (_how, fail) => {
      const [fault, faults] = [new Error('a bug'), [] as unknown[]];
      const onError = (error: unknown) => faults.push(error);
      const { url, admitted } = await aServer(aResourceServer(), { onError }, () => fail(fault));
      const { ws, closed } = await opened(url);
      ws.send(saying(aToken()));
      expect(await closed).toEqual([1011, 'internal error']);
      expect(faults).toEqual([fault]);
      await vi.waitFor(() => expect(admitted[0]?.lease.ended?.cause).toBe('released'));
    },
  );
});

describe('a socket that does not', () => {
  it('is closed with 1008 when it says nothing in time', async () => {
    const { url, admitted } = await aServer(aResourceServer(), { timeoutMs: 100 });
    const { closed } = await opened(url);
    expect(await closed).toEqual([1008, 'no token in time']);
    expect(admitted).toEqual([]);
  });

  it.each<readonly [string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['JSON without a token', '{"access":"x"}'],
    ['a token that is no text', '{"token":7}'],
    ['one byte more than 16 KiB', saying('x'.repeat(16 * 1024 - 12 + 1))],
    ['a binary message', Buffer.from(saying(aToken()))],
  ])('is closed with 1008 after %s', async (_what, message) => {
    const { url, admitted } = await aServer();
    const { ws, closed } = await opened(url);
    ws.send(message, { binary: typeof message !== 'string' });
    expect(await closed).toEqual([1008, 'a message with the token first']);
    expect(admitted).toEqual([]);
  });

  it('takes a message of 16 KiB, and says why its token is refused', async () => {
    const { url } = await aServer();
    const { ws, told, closed } = await opened(url);
    ws.send(saying('x'.repeat(16 * 1024 - 12)));
    expect(await closed).toEqual([1008, 'token refused']);
    expect(told.map((each) => JSON.parse(each))).toEqual([
      { error: 'invalid_token', error_description: expect.any(String) },
    ]);
  });

  it('is told the nonce of a proof', async () => {
    const dpop = { publicUrls: AUDIENCE, nonce: { secrets: ['x'.repeat(32)] as const } };
    const { url } = await aServer(aResourceServer({ dpop }));
    const token = aBoundToken();
    const { ws, told, closed } = await opened(url);
    ws.send(saying(token, aBoundProof(token, { url: `${AUDIENCE}/chat` })));
    await closed;
    expect(told.map((each) => JSON.parse(each))).toMatchObject([
      { error: 'use_dpop_nonce', dpop_nonce: expect.any(String) },
    ]);
  });

  it('is closed with 1013 while its token cannot be checked', async () => {
    const store = { retainSec: 3_600, isRevoked: () => Promise.reject(new Error('down')) };
    const { url } = await aServer(aResourceServer({ revocation: { store } }));
    const { ws, closed } = await opened(url);
    ws.send(saying(aToken()));
    expect(await closed).toEqual([1013, 'try again later']);
  });

  it('may send nothing else before it is accepted', async () => {
    let answer: (isRevoked: boolean) => void = () => {};
    const store = {
      retainSec: 3_600,
      isRevoked: () => new Promise<boolean>((resolve) => (answer = resolve)),
    };
    const server = aResourceServer({ revocation: { store, timeoutMs: 60_000 } });
    const { url, admitted, messages } = await aServer(server);
    const { ws, closed } = await opened(url);
    ws.send(saying(aToken()));
    ws.send('too early');
    expect(await closed).toEqual([1008, 'a message with the token first']);
    answer(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect([admitted, messages]).toEqual([[], []]);
  });
});
