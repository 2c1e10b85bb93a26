import type { TokenEvent, TokenSourceOptions } from '../src/index.ts';
import { clientSecretBasic, type TokenSource, tokenSource } from '../src/index.ts';

export const ISSUER = 'https://as.example.com';
const TOKEN_ENDPOINT = `${ISSUER}/token`;
export const API = 'https://orders.example.com';
export const NOW_MS = Date.UTC(2030, 0, 1);

/** A clock whose two readings are moved apart or together. */
export interface TestClock {
  now(): number;
  monotonicMs(): number;
  /** Lets time pass, in milliseconds. */
  pass(ms: number): void;
  /** Sets the system clock without letting time pass. */
  jump(ms: number): void;
}

export function aClock(): TestClock {
  let [wall, monotonic] = [NOW_MS, 1_000_000];
  return {
    now: () => wall,
    monotonicMs: () => monotonic,
    pass(ms) {
      wall += ms;
      monotonic += ms;
    },
    jump(ms) {
      wall += ms;
    },
  };
}

/** A request as the server or the API got it. */
export interface Received {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly form: URLSearchParams;
  readonly signal: AbortSignal | undefined;
}

type Answer = Response | Promise<Response>;

/** A token endpoint and an API without a network. */
export interface TestServer {
  readonly fetch: typeof globalThis.fetch;
  /** Requests to the token endpoint, in order. */
  readonly tokenRequests: Received[];
  /** Requests to anything else but metadata. */
  readonly apiRequests: Received[];
  readonly metadataRequests: string[];
  metadata: Readonly<Record<string, unknown>>;
  /** What the token endpoint answers. */
  onToken: (request: Received, count: number) => Answer;
  /** What the API answers. */
  onApi: (request: Received, count: number) => Answer;
}

/** The answer with a token. */
export function issued(accessToken: string, more: object = {}): Response {
  return Response.json({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: 3600,
    ...more,
  });
}

export function refused(
  status: number,
  error?: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(error === undefined ? null : JSON.stringify({ error }), { status, headers });
}

/** A 401 of an API. */
export function challenge(value?: string, headers: Record<string, string> = {}): Response {
  return new Response('denied', {
    status: 401,
    headers: { ...headers, ...(value !== undefined && { 'www-authenticate': value }) },
  });
}

export const INVALID_TOKEN = 'Bearer error="invalid_token"';

export function aServer(): TestServer {
  const server: TestServer = {
    tokenRequests: [],
    apiRequests: [],
    metadataRequests: [],
    metadata: { issuer: ISSUER, token_endpoint: TOKEN_ENDPOINT },
    onToken: (_request, count) => issued(`token-${count}`),
    onApi: () => new Response('fine'),
    async fetch(input, init = {}) {
      const url = String(input);
      const method = init.method ?? 'GET';
      if (url.includes('/.well-known/')) {
        server.metadataRequests.push(url);
        if (!url.startsWith(ISSUER)) return new Response(null, { status: 404 });
        return Response.json(server.metadata);
      }
      const form = init.body instanceof URLSearchParams ? init.body : new URLSearchParams();
      const headers = new Headers(init.headers as Record<string, string>);
      const received = { url, method, headers, form, signal: init.signal ?? undefined };
      if (method === 'POST' && url.startsWith(ISSUER)) {
        return server.onToken(received, server.tokenRequests.push(received));
      }
      return server.onApi(received, server.apiRequests.push(received));
    },
  };
  return server;
}

/** A token source with its server, its clock and the events that it sent. */
export interface SetUp {
  readonly source: TokenSource;
  readonly server: TestServer;
  readonly clock: TestClock;
  readonly events: TokenEvent[];
}

export function aSource(options: Partial<TokenSourceOptions> = {}): SetUp {
  const server = aServer();
  const clock = aClock();
  const events: TokenEvent[] = [];
  const source = tokenSource({
    issuer: ISSUER,
    client: clientSecretBasic('orders-api', 's3cret'),
    resource: API,
    fetch: server.fetch,
    clock,
    random: () => 0.5,
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { source, server, clock, events };
}

/** The text of a token without a real signature. */
export function aJwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

/** Lets the work in the background go on until it waits for something. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A promise that a test settles. */
export function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
