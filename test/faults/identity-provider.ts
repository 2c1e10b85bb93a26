import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** The ways in which an endpoint of the provider can fail. */
export type Fault =
  | 'hangs'
  | 'hangs in the body'
  | 'drips'
  | 'answers 500'
  | 'truncates'
  | 'sends 50 MB'
  | 'redirects'
  | 'sends HTML'
  | 'resets';

type Endpoint = 'metadata' | 'keys';

/** A key of the provider: its public JWK, and tokens that are signed with it. */
export interface ProviderKey {
  readonly kid: string | undefined;
  readonly jwk: JWK;
  /** An RFC 9068 access token of a machine, valid for `lifeSec` from `now`. */
  token(now: number, lifeSec?: number): Promise<string>;
}

/** The audience of every token here. */
export const AUDIENCE = 'https://api.example.com';

/** An authorization server on loopback that can be made to fail in every known way. */
export interface IdentityProvider {
  readonly issuer: string;
  /** The entries of the published set; replace them to rotate. */
  keys: readonly unknown[];
  /** Replaces members of the metadata. */
  metadata: Readonly<Record<string, unknown>>;
  /** `Cache-Control` of the key set. */
  cacheControl: string | undefined;
  /** How long a working endpoint takes to answer. */
  delayMs: number;
  /** The number of requests that arrived, by endpoint. */
  readonly requests: Readonly<Record<Endpoint, number>>;
  /** Without a kid, neither the key nor its tokens name one. */
  newKey(kid: string | undefined): Promise<ProviderKey>;
  /** From now on the endpoint fails in this way; without a fault it works again. */
  fail(fault: Fault | undefined, endpoints?: readonly Endpoint[]): void;
  /** From now on connections are refused, until `start` is called. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

const HUGE = 50 * 1024 * 1024;
const DRIP_MS = 20;
/** Below this path the endpoints always work. */
const MOVED = '/moved';

/** Starts a provider. It is stopped at the end of the test. */
export async function anIdentityProvider(): Promise<IdentityProvider> {
  const requests = { metadata: 0, keys: 0 };
  const faults: Partial<Record<Endpoint, Fault | undefined>> = {};
  const sockets = new Set<Socket>();
  const dripping = new Set<NodeJS.Timeout>();
  const server = createServer(handle);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  let port = 0;
  const start = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const timer of dripping) clearInterval(timer);
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  await start();
  onTestFinished(async () => {
    if (server.listening) await stop();
  });

  const issuer = `http://127.0.0.1:${port}`;
  const provider: IdentityProvider = {
    issuer,
    keys: [],
    metadata: {},
    cacheControl: undefined,
    delayMs: 0,
    requests,
    newKey: (kid) => aProviderKey(kid, issuer),
    fail(fault, endpoints = ['metadata', 'keys']) {
      for (const endpoint of endpoints) faults[endpoint] = fault;
    },
    stop,
    start,
  };
  return provider;

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const { url = '/' } = request;
    const endpoint = url.endsWith('/jwks') ? 'keys' : 'metadata';
    requests[endpoint] += 1;
    // The target of a redirect works: if it were followed, there would be keys.
    const fault = url.startsWith(MOVED) ? undefined : faults[endpoint];
    if (fault === undefined) setTimeout(behave, provider.delayMs, endpoint, response);
    else misbehave(fault, { url, body: bodyOf(endpoint) }, response);
  }

  function bodyOf(endpoint: Endpoint): string {
    return endpoint === 'keys'
      ? JSON.stringify({ keys: provider.keys })
      : JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks`, ...provider.metadata });
  }

  function behave(endpoint: Endpoint, response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    if (endpoint === 'keys' && provider.cacheControl) {
      response.setHeader('cache-control', provider.cacheControl);
    }
    response.end(bodyOf(endpoint));
  }

  // Bodies are correct, if there is one: only the fault itself is wrong.
  function misbehave(
    fault: Fault,
    { url, body }: { readonly url: string; readonly body: string },
    response: ServerResponse,
  ): void {
    switch (fault) {
      case 'hangs':
        return;
      case 'hangs in the body':
        response.writeHead(200).write('{"keys":[');
        return;
      case 'drips': {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), DRIP_MS);
        dripping.add(timer);
        response.on('close', () => {
          clearInterval(timer);
          dripping.delete(timer);
        });
        return;
      }
      case 'answers 500':
        response.writeHead(500).end(body);
        return;
      case 'truncates':
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"keys":[', () => response.destroy());
        return;
      case 'sends 50 MB':
        sendHuge(response, body);
        return;
      case 'redirects':
        response.writeHead(302, { location: `${MOVED}${url}` }).end(body);
        return;
      case 'sends HTML':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
        return;
      case 'resets':
        response.socket?.destroy();
    }
  }
}

/** The body after this much white space, which JSON allows. */
function sendHuge(response: ServerResponse, body: string): void {
  const block = Buffer.alloc(256 * 1024, 0x20);
  let sent = 0;
  const pump = () => {
    while (sent < HUGE && !response.destroyed) {
      sent += block.length;
      if (!response.write(block)) return;
    }
    response.end(body);
  };
  response.on('drain', pump);
  pump();
}

async function aProviderKey(kid: string | undefined, issuer: string): Promise<ProviderKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const named = kid === undefined ? {} : { kid };
  let issued = 0;
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), ...named, alg: 'ES256', use: 'sig' },
    token(now, lifeSec = 86_400) {
      issued += 1;
      const nowSec = Math.floor(now / 1_000);
      return new SignJWT({ client_id: 'nightly-sync' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...named })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject('nightly-sync')
        .setJti(`${kid}-${issued}`)
        .setIssuedAt(nowSec)
        .setExpirationTime(nowSec + lifeSec)
        .sign(privateKey);
    },
  };
}

/** The token with another kid in its header: well-formed, but with no valid signature. */
export function withKid(token: string, kid: string): string {
  const [, payload, signature] = token.split('.');
  const header = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid });
  return `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;
}
