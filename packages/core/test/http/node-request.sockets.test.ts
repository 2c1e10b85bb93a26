import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { connect, createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type NodeRequest,
  type NodeResponse,
  nodeRequestView,
} from '../../src/http/node-request.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import { selfSigned } from './self-signed.ts';

const server = selfSigned();
const client = selfSigned();
const asking = { key: server.key, cert: server.cert, requestCert: true, rejectUnauthorized: false };

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function portOf(listening: Server): Promise<number> {
  open.push(listening);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
}

interface Seen {
  readonly view: RequestView;
  readonly certificate: Uint8Array | undefined;
}

/** The handler of a server, and the first request that it sees. */
function watch() {
  let tell: (seen: Seen) => void;
  const seen = new Promise<Seen>((resolve) => {
    tell = resolve;
  });
  const handler = (request: NodeRequest, response: NodeResponse & { end(): unknown }) => {
    const view = nodeRequestView(request, '/', { response });
    view.setResponseHeader?.('dpop-nonce', 'a');
    tell({ view, certificate: view.peerCertificate?.() });
    response.end();
    view.setResponseHeader?.('dpop-nonce', 'too late');
  };
  return { seen, handler };
}

const GET = 'GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.0.0.5\r\n\r\n';

/** What the peer answers first. */
async function answer(socket: Socket): Promise<string> {
  open.push({ close: () => socket.destroy() });
  socket.write(GET);
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

describe('a view of a request on a socket', () => {
  it('over TCP has the address of the peer and no certificate, and sets headers until they are sent', async () => {
    const { seen, handler } = watch();
    const port = await portOf(createHttp(handler));
    expect(await answer(connectTcp(port, '127.0.0.1'))).toMatch(/^dpop-nonce: a\r$/m);
    const { view, certificate } = await seen;
    expect(view.peerAddress).toBe('127.0.0.1');
    expect(certificate).toBeUndefined();
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'over %s has the certificate that the client presented, or none',
    async (minVersion) => {
      const options = { minVersion, maxVersion: minVersion, rejectUnauthorized: false };
      for (const identity of [client, undefined]) {
        const { seen, handler } = watch();
        const port = await portOf(createHttps(asking, handler));
        const { key, cert } = identity ?? {};
        await answer(
          connectTls({ port, host: '127.0.0.1', ...options, ...(key && { key, cert }) }),
        );
        const { view, certificate } = await seen;
        expect(view.peerAddress).toBe('127.0.0.1');
        expect(certificate === undefined ? undefined : Buffer.from(certificate)).toEqual(
          identity?.der,
        );
      }
    },
  );

  it('over HTTP/2 has the address and the certificate, and sets a header', async () => {
    const { seen, handler } = watch();
    const port = await portOf(createSecureServer(asking, handler));
    const { key, cert } = client;
    const session = connect(`https://127.0.0.1:${port}`, { key, cert, rejectUnauthorized: false });
    open.push(session);
    const stream = session.request({ ':path': '/' });
    const [headers] = await once(stream, 'response');
    expect(headers['dpop-nonce']).toBe('a');
    const { view, certificate } = await seen;
    expect(view.peerAddress).toBe('127.0.0.1');
    expect(Buffer.from(certificate ?? [])).toEqual(client.der);
  });

  it('of a connection that has ended keeps its address, has no certificate, and does not throw', async () => {
    const { seen, handler } = watch();
    const port = await portOf(createHttps(asking, handler));
    const { key, cert } = client;
    const socket = connectTls({ port, host: '127.0.0.1', key, cert, rejectUnauthorized: false });
    await answer(socket);
    const { view } = await seen;
    socket.destroy();
    await expect.poll(() => view.peerCertificate?.()).toBeUndefined();
    expect(view.peerAddress).toBe('127.0.0.1');
  });

  it('of an HTTP/2 session that has ended keeps its address, has no certificate, and does not throw', async () => {
    const { seen, handler } = watch();
    const port = await portOf(createSecureServer(asking, handler));
    const { key, cert } = client;
    const session = connect(`https://127.0.0.1:${port}`, { key, cert, rejectUnauthorized: false });
    await once(session.request({ ':path': '/' }), 'response');
    const { view } = await seen;
    session.destroy();
    await expect.poll(() => view.peerCertificate?.()).toBeUndefined();
    expect(view.peerAddress).toBe('127.0.0.1');
    view.setResponseHeader?.('dpop-nonce', 'b');
  });

  it('over a Unix domain socket is marked as such and has no address; after the socket has ended it is not marked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authly-'));
    open.push({ close: () => rmSync(folder, { recursive: true, force: true }) });
    const path = join(folder, 'api.sock');
    for (const make of [createHttp, (handler: never) => createHttps(asking, handler)]) {
      const { seen, handler } = watch();
      const listening = make(handler as never);
      open.push(listening);
      listening.listen(path);
      await once(listening, 'listening');
      const socket = connectTcp(path);
      await answer(
        make === createHttp ? socket : connectTls({ socket, rejectUnauthorized: false }),
      );
      const { view } = await seen;
      expect([view.peerAddress, view.overUnixSocket]).toEqual([undefined, true]);
      listening.close();
    }
    const { seen, handler } = watch();
    const port = await portOf(createHttp(handler));
    await answer(connectTcp(port, '127.0.0.1'));
    expect((await seen).view.overUnixSocket).toBe(false);
  });

  it('has the certificate of a second handshake on the same connection', async () => {
    const views: RequestView[] = [];
    const sockets: TLSSocket[] = [];
    const secure = createHttps(asking, (request, response) => {
      views.push(nodeRequestView(request, '/'));
      sockets.push(request.socket as TLSSocket);
      response.end('.');
    });
    const port = await portOf(secure);
    const { key, cert } = client;
    const socket = connectTls({
      port,
      host: '127.0.0.1',
      key,
      cert,
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    });
    await answer(socket);
    const [view] = views;
    const first = view?.peerCertificate?.();
    expect(Buffer.from(first ?? [])).toEqual(client.der);
    // Kept for the connection: the same bytes again, which Node would make anew.
    expect(view?.peerCertificate?.()).toBe(first);
    await new Promise<void>((resolve, reject) => {
      socket.renegotiate({ rejectUnauthorized: false }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    await answer(socket);
    const second = views[1]?.peerCertificate?.();
    expect(second).not.toBe(first);
    expect(second).toEqual(first);
    expect(sockets[0]?.listenerCount('secure')).toBe(2);
  });
});
