import { once } from 'node:events';
import { request } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2 } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { memoryRevocations } from '@authly/core';
import * as expressKit from '@authly/express';
import * as koaKit from '@authly/koa';
import { aUser, withPrincipal } from '@authly/testing';
import compression from 'compression';
import { EventSource } from 'eventsource';
import express from 'express';
import Koa from 'koa';
import compress from 'koa-compress';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClock, aToken, NOW } from '../support/tokens.ts';

type Api = ReturnType<typeof anApi>;

/** A resource server with a clock, revocations, and the streams that were opened. */
function anApi(options: { readonly maxBufferedBytes?: number } = {}) {
  const clock = aClock();
  const revocations = memoryRevocations({ clock });
  const server = aResourceServer({ clock, revocation: { store: revocations } });
  const streams: expressKit.EventStream[] = [];
  /** The errors that Koa reports as errors of the application. */
  const faults: unknown[] = [];
  return { clock, revocations, server, streams, faults, options };
}

function expressApp({ server, streams, options }: Api) {
  const app = express();
  app.use(compression({ threshold: 0 }));
  app.use(expressKit.authenticate(server));
  app.get('/feed', expressKit.requireScope('read:users'), (request_, response) => {
    const stream = expressKit.eventStream(request_, response, options);
    streams.push(stream);
    stream.send({ data: 'hello\nyou', event: 'greeting', id: '1', retryMs: 10 });
  });
  return app;
}

function koaApp({ server, streams, faults, options }: Api) {
  const app = new Koa();
  // EventSource closes the connection without reading the body of a refusal. Koa reports that as an error.
  app.on('error', (error) => faults.push(error));
  app.use(compress({ threshold: 0 }));
  app.use(koaKit.authenticate(server));
  app.use(koaKit.requireScope('read:users'));
  app.use((context) => {
    const stream = koaKit.eventStream(context, options);
    streams.push(stream);
    stream.send({ data: 'hello\nyou', event: 'greeting', id: '1', retryMs: 10 });
  });
  return app.callback();
}

const apps = [
  { name: 'Express behind compression', listenerOf: expressApp },
  { name: 'Koa behind koa-compress', listenerOf: koaApp },
];

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function served(listener: Parameters<typeof listen>[0]): Promise<string> {
  const { origin, close } = await listen(listener);
  closers.push(close);
  return origin;
}

/** A stream that the test reads itself: its headers, and what has come so far. */
async function reading(origin: string, token = aToken()) {
  const outgoing = request(`${origin}/feed`, {
    headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
  });
  outgoing.end();
  closers.push(() => outgoing.destroy());
  const [response] = await once(outgoing, 'response');
  const read = { response, text: '', isOver: false };
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    read.text += chunk;
  });
  response.on('close', () => {
    read.isOver = true;
  });
  response.on('error', () => {});
  return read;
}

const HELLO = 'event: greeting\nid: 1\nretry: 10\ndata: hello\ndata: you\n\n';
const expired = (reason: string) => `event: session-ended\ndata: {"reason":"${reason}"}\n\n`;

describe.each(apps)('an event stream of $name', ({ listenerOf }) => {
  it('is sent at once, uncompressed and uncached, and ends with the token', async () => {
    const api = anApi();
    const origin = await served(listenerOf(api));
    const read = await reading(origin);
    expect(read.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
    });
    expect(read.response.headers).not.toHaveProperty('content-encoding');
    await vi.waitFor(() => expect(read.text).toBe(HELLO));
    const [stream] = api.streams;
    expect(stream?.comment('still\nhere')).toBe(true);
    await vi.waitFor(() => expect(read.text).toBe(`${HELLO}: still\n: here\n\n`));
    api.clock.set((NOW + 600) * 1_000);
    await vi.waitFor(() => expect(read.isOver).toBe(true), 5_000);
    expect(read.text).toBe(`${HELLO}: still\n: here\n\n${expired('token expired')}`);
    expect(stream?.signal.aborted).toBe(true);
    expect(stream?.send({ data: 'too late' })).toBe(false);
  });

  it('ends when the caller’s tokens are revoked', async () => {
    const api = anApi();
    const read = await reading(await served(listenerOf(api)));
    const key = api.streams[0]?.lease?.principal.key ?? '';
    await api.revocations.revokePrincipal(key);
    await vi.waitFor(() => expect(read.isOver).toBe(true));
    expect(read.text).toBe(HELLO + expired('token revoked'));
  });

  it('ends its lease when the client or the application closes it', async () => {
    const api = anApi();
    const origin = await served(listenerOf(api));
    const left = await reading(origin);
    left.response.destroy();
    await vi.waitFor(() => expect(api.streams[0]?.lease?.ended?.cause).toBe('released'));
    expect(api.faults).toEqual([]);
    const done = await reading(origin);
    api.streams[1]?.close();
    await vi.waitFor(() => expect(done.isOver).toBe(true));
    expect(done.text).toBe(HELLO);
    expect(api.streams[1]?.lease?.ended?.cause).toBe('released');
  });

  it('disconnects a client that does not read', async () => {
    const api = anApi({ maxBufferedBytes: 64 * 1024 });
    const read = await reading(await served(listenerOf(api)));
    read.response.pause();
    const [stream] = api.streams;
    const data = 'x'.repeat(64 * 1024);
    let sent = 0;
    while (stream?.send({ data }) === true && sent < 1_000) {
      sent += 1;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(1_000);
    expect(stream?.signal.aborted).toBe(true);
    expect(stream?.lease?.ended?.cause).toBe('released');
  });

  it('is read by EventSource, which connects again, is refused and stops', async () => {
    const api = anApi();
    const origin = await served(listenerOf(api));
    const headers = { authorization: `Bearer ${aToken()}` };
    const source = new EventSource(`${origin}/feed`, {
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...headers } }),
    });
    closers.push(() => source.close());
    const seen: string[] = [];
    source.addEventListener('greeting', ({ data }) => seen.push(data));
    source.addEventListener('session-ended', ({ data }) => seen.push(data));
    const refused = new Promise<number | undefined>((resolve) => {
      source.addEventListener('error', ({ code }) => {
        if (code !== undefined) resolve(code);
      });
    });
    await vi.waitFor(() => expect(seen).toEqual(['hello\nyou']));
    api.clock.set((NOW + 606) * 1_000);
    expect(await refused).toBe(401);
    expect(seen).toEqual(['hello\nyou', '{"reason":"token expired"}']);
    expect(source.readyState).toBe(source.CLOSED);
  });

  it('is refused with 403 without the scope', async () => {
    const api = anApi();
    const origin = await served(listenerOf(api));
    const read = await reading(origin, aToken({ scope: 'other' }));
    await vi.waitFor(() => expect(read.isOver).toBe(true));
    expect(read.response.statusCode).toBe(403);
    expect(api.streams).toEqual([]);
  });
});

describe('a client that has left before its stream is opened', () => {
  /** An app that opens the stream when the test says so, over HTTP/1.1 or HTTP/2. */
  function waitingApp({ server, streams }: Api) {
    const gate = { arrived: 0, open: () => {} };
    const app = new Koa();
    app.use(koaKit.authenticate(server));
    app.use(async (context) => {
      gate.arrived += 1;
      await new Promise<void>((resolve) => {
        gate.open = resolve;
      });
      streams.push(koaKit.eventStream(context));
    });
    return { gate, listener: app.callback() };
  }

  const isOver = async ({ streams }: Api) => {
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    const [stream] = streams;
    await vi.waitFor(() => expect(stream?.signal.aborted).toBe(true));
    expect(stream?.lease?.ended?.cause).toBe('released');
    expect(stream?.send({ data: 'nobody hears it' })).toBe(false);
  };

  it('keeps no lease, over HTTP/1.1', async () => {
    const api = anApi();
    const { gate, listener } = waitingApp(api);
    const origin = await served(listener);
    const outgoing = request(`${origin}/feed`, {
      headers: { authorization: `Bearer ${aToken()}` },
    });
    outgoing.on('error', () => {});
    outgoing.end();
    await vi.waitFor(() => expect(gate.arrived).toBe(1));
    outgoing.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.open();
    await isOver(api);
  });

  it('keeps no lease, over HTTP/2', async () => {
    const api = anApi();
    const { gate, listener } = waitingApp(api);
    const server = createHttp2(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    closers.push(() => {
      session.destroy();
      server.close();
    });
    const stream = session.request({ ':path': '/feed', authorization: `Bearer ${aToken()}` });
    stream.on('error', () => {});
    await vi.waitFor(() => expect(gate.arrived).toBe(1));
    stream.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    gate.open();
    await isOver(api);
  });
});

it('closes only its own stream over HTTP/2, not the session', async () => {
  const api = anApi();
  const server = createHttp2(koaApp(api));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(() => {
    session.destroy();
    server.close();
  });
  const stream = session.request({ ':path': '/feed', authorization: `Bearer ${aToken()}` });
  stream.setEncoding('utf8');
  let read = '';
  stream.on('data', (chunk: string) => {
    read += chunk;
  });
  await vi.waitFor(() => expect(read).toBe(HELLO));
  api.clock.set((NOW + 600) * 1_000);
  await once(stream, 'close');
  expect(read).toBe(HELLO + expired('token expired'));
  expect(session.destroyed).toBe(false);
});

it('works without a lease for a caller that a test lets in', async () => {
  const app = express();
  const streams: expressKit.EventStream[] = [];
  app.get('/feed', (request_, response) => {
    withPrincipal(request_, aUser());
    const stream = expressKit.eventStream(request_, response);
    streams.push(stream);
    stream.send({ data: 'hello' });
    stream.close();
  });
  const read = await reading(await served(app));
  await vi.waitFor(() => expect(read.isOver).toBe(true));
  expect(read.text).toBe('data: hello\n\n');
  expect(streams[0]?.lease).toBeUndefined();
});
