import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AdmittedConnection,
  closeWithLease,
  guardUpgrade,
  type ResourceServer,
  type UpgradeOptions,
} from '@authly/core';
import { afterEach } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';

/** A WebSocket server behind `guardUpgrade` on loopback. */
export interface GuardedServer {
  /** `ws://127.0.0.1:…` */
  readonly url: string;
  readonly port: number;
  /** The admitted callers, in order. */
  readonly admitted: AdmittedConnection[];
  /** The messages that the server's sockets got, in order. */
  readonly messages: string[];
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Starts a server that sends each message back, and closes each socket with its lease. */
export async function aGuardedServer(
  resourceServer: ResourceServer<unknown>,
  options: UpgradeOptions = {},
): Promise<GuardedServer> {
  const server = createServer();
  const wss = new WebSocketServer({ noServer: true });
  const admitted: AdmittedConnection[] = [];
  const messages: string[] = [];
  server.on(
    'upgrade',
    guardUpgrade(resourceServer, options, (request, socket, head, connection) =>
      wss.handleUpgrade(request, socket, head, (ws) => {
        admitted.push(connection);
        closeWithLease(ws, connection.lease);
        ws.on('message', (data) => {
          messages.push(String(data));
          ws.send(String(data));
        });
      }),
    ),
  );
  const port = await started(server);
  closers.push(() => wss.close());
  return { url: `ws://127.0.0.1:${port}`, port, admitted, messages };
}

/** Starts a server on a free port, until the end of the test. */
export async function started(server: ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** A client, and the outcome of its connection. */
export interface Client {
  readonly ws: WebSocket;
  /** `open`, or the status of the response that refused it. */
  readonly outcome: Promise<'open' | number>;
  /** Code and reason, once it was closed. */
  readonly closed: Promise<readonly [code: number, reason: string]>;
}

/** Opens a WebSocket with these headers. */
export function aClient(url: string, { headers = {}, protocols = [] }: ClientOptions = {}): Client {
  const ws = new WebSocket(url, [...protocols], { headers });
  closers.push(() => ws.terminate());
  const outcome = new Promise<'open' | number>((resolve, reject) => {
    ws.on('open', () => resolve('open'));
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    ws.on('error', reject);
  });
  outcome.catch(() => {});
  const closed = new Promise<readonly [number, string]>((resolve) => {
    ws.on('close', (code, reason) => resolve([code, String(reason)]));
  });
  return { ws, outcome, closed };
}

/** The subprotocols and headers that a client sends. */
export interface ClientOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** The headers with a token. */
export function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}
