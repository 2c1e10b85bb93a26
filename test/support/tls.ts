import { once } from 'node:events';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer, request } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { type TestCertificate, testCertificate } from '@authly/testing';
import { onTestFinished } from 'vitest';
import type { RunningServer } from './requests.ts';

/** The certificate of every TLS server here. */
export const serverCertificate: TestCertificate = await testCertificate({ names: ['127.0.0.1'] });

/** How a server of an API asks for certificates: it takes any, or none. */
const ASKING = {
  key: serverCertificate.key,
  cert: serverCertificate.cert,
  requestCert: true,
  rejectUnauthorized: false,
};

/** Serves by TLS on loopback until the test ends; gives the port. */
export async function serveTls(
  listener: RequestListener,
  { ca, http2 = false }: { readonly ca?: string; readonly http2?: boolean } = {},
): Promise<number> {
  const options = { ...ASKING, ...(ca !== undefined && { ca }) };
  const server = http2
    ? createSecureServer(options, listener as never)
    : createServer(options, listener);
  return listening(server);
}

/** Listens until the test ends, on a port of loopback unless told otherwise; gives the port. */
export async function listening(
  server: Server & { closeAllConnections?(): void },
  at: { readonly host?: string; readonly path?: string } = { host: '127.0.0.1' },
): Promise<number> {
  server.listen(at.path === undefined ? { port: 0, ...at } : at);
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return (server.address() as AddressInfo).port;
}

/** Serves by TLS on loopback until it is closed. The listener may be set later: some need to know their own address first. */
export async function listenByTls(
  listener?: RequestListener,
): Promise<RunningServer & { serve(listener: RequestListener): void }> {
  const server = createServer(ASKING, listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    serve: (later) => server.on('request', later),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** A request by TLS, on a connection of its own. */
export interface TlsRequest {
  readonly certificate?: TestCertificate | undefined;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
}

/** Sends a request with a client's certificate, or without one. */
export function sendByTls(
  url: string,
  { certificate, method = 'GET', headers = {}, form, json }: TlsRequest = {},
): Promise<{
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}> {
  const body =
    json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
  const type = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method,
      agent: false,
      ca: serverCertificate.cert,
      ...(certificate && { key: certificate.key, cert: certificate.cert }),
      headers: {
        ...headers,
        ...(body !== undefined && { 'content-type': type }),
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type']?.includes('json') === true;
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, body: isJson ? JSON.parse(text) : text });
      });
    });
    outgoing.end(body);
  });
}

/** A `fetch` that trusts the servers here: for keys, and for introspection, which sends a form. */
export const fetchByTls: typeof globalThis.fetch = async (input, init = {}) => {
  const { method = 'GET', headers, body } = init;
  const form = body === undefined || body === null ? undefined : new URLSearchParams(String(body));
  const answer = await sendByTls(String(input), {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(form && { form: Object.fromEntries(form) }),
  });
  const type = answer.headers['content-type'] ?? '';
  return Response.json(answer.body, { status: answer.status, headers: { 'content-type': type } });
};
