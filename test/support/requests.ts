import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import supertest from 'supertest';
import type { TestApp } from './frameworks.ts';

/** A request to send. */
export interface RequestOptions {
  readonly method?: 'get' | 'head' | 'options' | 'post';
  readonly path?: string;
  /** An access token, sent as `Authorization: Bearer …`. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request to an app. */
export function send(
  app: TestApp,
  { method = 'get', path = '/', token, headers = {} }: RequestOptions = {},
): supertest.Test {
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return supertest(app.listener)
    [method](path)
    .set({ ...bearer, ...headers });
}

/** A server on loopback, on a port of the system's choice. */
export interface RunningServer {
  readonly origin: string;
  close(): void;
}

/** Serves on loopback. The listener may be set later: some need to know their own address first. */
export async function listen(
  listener?: RequestListener,
): Promise<RunningServer & { serve(listener: RequestListener): void }> {
  // More than the 16 KiB that Node accepts by default, so that our own limit for tokens is tested.
  const server = createServer({ maxHeaderSize: 64 * 1024 }, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    serve: (later) => server.on('request', later),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What came back over a raw request. */
export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends headers exactly as given, names repeated or not: clients such as supertest join them. */
export async function sendRaw(
  app: TestApp,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<RawResponse> {
  const server = await listen(app.listener);
  try {
    return await exchange(server.origin, headers);
  } finally {
    server.close();
  }
}

function exchange(
  origin: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = request(origin, { agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString() });
      });
    });
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.on('error', reject);
    outgoing.end();
  });
}
