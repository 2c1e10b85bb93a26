import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchJson } from '../../src/keys/bounded-json.ts';
import { KeyFetchError } from '../../src/keys/key-fetch-error.ts';

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(
    servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
}

const get = (url: string, signal: AbortSignal = new AbortController().signal, maxBytes = 4_096) =>
  fetchJson(url, { fetch: globalThis.fetch, signal, maxBytes });

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeyFetchError);
  return error instanceof KeyFetchError ? error.failure : undefined;
}

describe('bounded JSON', () => {
  it('gives the object and the headers, and asks for JSON', async () => {
    let accept: string | undefined;
    const url = await serve((request, response) => {
      accept = request.headers.accept;
      response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'max-age=7' });
      response.end('{"keys":[]}');
    });
    const { body, headers } = await get(url);
    expect(body).toEqual({ keys: [] });
    expect(headers.get('cache-control')).toBe('max-age=7');
    // A Kubernetes API server answers 406 to a request that accepts only application/json.
    expect(accept).toBe('application/jwk-set+json, application/json');
  });

  it('accepts the response of a mock, which may have only ok and json()', async () => {
    const mock = async () => ({ ok: true, json: async () => ({ keys: [] }) });
    const { signal } = new AbortController();
    const options = { fetch: mock as unknown as typeof fetch, signal, maxBytes: 100 };
    const { body, headers } = await fetchJson('https://as.test/jwks', options);
    expect([body, headers.get('cache-control')]).toEqual([{ keys: [] }, null]);
  });

  it.each([
    ['HTML', '<!doctype html><title>Log in</title>'],
    ['nothing', ''],
    ['an array', '[{"keys":[]}]'],
    ['null', 'null'],
    ['a number', '7'],
    ['half an object', '{"keys":['],
    ['bytes that are not UTF-8', Buffer.from('7b2261223a22ff227d', 'hex')],
    ['nesting without end', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`],
  ])('%s is not accepted as JSON', async (_what, text) => {
    const url = await serve((_request, response) => response.end(text));
    expect(await failureOf(get(url))).toBe('not_json');
  });

  it.each([201, 204, 206, 400, 401, 404, 429, 500, 503])('status %i is refused', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    const error = await get(url).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: 'status', status });
  });

  it.each([301, 302, 303, 307, 308])('a redirect (%i) is not followed', async (status) => {
    let followed = false;
    const url = await serve((request, response) => {
      followed ||= request.url === '/elsewhere';
      if (followed) response.end('{}');
      else response.writeHead(status, { location: '/elsewhere' }).end();
    });
    expect(await failureOf(get(url))).toBe('redirect');
    expect(followed).toBe(false);
  });

  it('the body of a refused response is cancelled, so that its connection is free', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await serve((_request, response) => {
      response.on('close', () => closed?.());
      response.writeHead(500).write('and so on');
    });
    expect(await failureOf(get(url))).toBe('status');
    await gone;
    // The garbage collector would close it later.
  }, 3_000);

  it('50 MB are not read much beyond the limit', async () => {
    let sent = 0;
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const block = Buffer.alloc(64 * 1024, 0x20);
    const url = await serve((_request, response) => {
      const pump = () => {
        while (sent < 50 * 1024 * 1024 && !response.destroyed) {
          sent += block.length;
          if (!response.write(block)) return;
        }
        response.end();
      };
      response.on('drain', pump);
      response.on('close', () => closed?.());
      pump();
    });
    expect(await failureOf(get(url))).toBe('too_large');
    await gone;
    // Only as much is sent as the buffers of the kernel hold on both sides.
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  it('the limit applies to the decompressed bytes', async () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024, 0x20));
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(bomb.length).toBeLessThan(4_096);
    expect(await failureOf(get(url))).toBe('too_large');
  });

  it('a body as large as the limit is accepted, one byte more is not', async () => {
    const json = '{"a":1}';
    const url = await serve((_request, response) => response.end(json));
    const { signal } = new AbortController();
    await expect(get(url, signal, json.length)).resolves.toMatchObject({ body: { a: 1 } });
    expect(await failureOf(get(url, signal, json.length - 1))).toBe('too_large');
  });

  it('a body shorter than its Content-Length is a network failure', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{}', () => response.destroy());
    });
    expect(await failureOf(get(url))).toBe('network');
  });

  it('a refused connection is a network failure', async () => {
    const url = await serve(() => {});
    await new Promise((resolve) => servers.splice(0)[0]?.close(resolve));
    expect(await failureOf(get(url))).toBe('network');
  });

  it.each<[string, RequestListener]>([
    ['before the headers', () => {}],
    ['after the headers', (_request, response) => response.writeHead(200).flushHeaders()],
    ['in the body', (_request, response) => response.writeHead(200).write('{')],
  ])(
    'a server that does not answer %s is given up when the signal aborts',
    async (_when, listener) => {
      let arrived: (() => void) | undefined;
      const arrival = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const url = await serve((request, response) => {
        listener(request, response);
        arrived?.();
      });
      const controller = new AbortController();
      const waiting = get(url, controller.signal);
      waiting.catch(() => {});
      await arrival;
      const reason = new KeyFetchError('timeout', 'The provider took too long');
      controller.abort(reason);
      await expect(waiting).rejects.toBe(reason);
    },
  );
});

describe('the kind and the words of a failure', () => {
  const once = (response: () => Response | Promise<Response>, signal?: AbortSignal) =>
    fetchJson('https://as.example.com/jwks', {
      fetch: async () => response(),
      signal: signal ?? new AbortController().signal,
      maxBytes: 10,
    }).catch((error: unknown) => error);

  it.each([
    [
      'no body at all',
      () => new Response(null),
      'not_json',
      'The response is not a JSON object (https://as.example.com/jwks)',
    ],
    [
      'a long body',
      () => new Response('{"a":"12345"}'),
      'too_large',
      'The response is larger than 10 bytes (https://as.example.com/jwks)',
    ],
    [
      'a status',
      () => new Response(null, { status: 418 }),
      'status',
      'The response has status 418 (https://as.example.com/jwks)',
    ],
    [
      'status 300',
      () => new Response(null, { status: 300 }),
      'redirect',
      'The response is a redirect, which is not followed (https://as.example.com/jwks)',
    ],
    [
      'status 399',
      () => new Response(null, { status: 399 }),
      'redirect',
      'The response is a redirect, which is not followed (https://as.example.com/jwks)',
    ],
    [
      'status 299',
      () => new Response(null, { status: 299 }),
      'status',
      'The response has status 299 (https://as.example.com/jwks)',
    ],
    [
      'status 400',
      () => new Response(null, { status: 400 }),
      'status',
      'The response has status 400 (https://as.example.com/jwks)',
    ],
  ])('%s', async (_what, response, failure, message) => {
    expect(await once(response)).toMatchObject({ name: 'KeyFetchError', failure, message });
  });

  it('a redirect that fetch hides is one, too', async () => {
    // A browser's fetch gives type opaqueredirect and status 0 for a redirect.
    const hidden = Object.defineProperties(new Response(null), {
      type: { value: 'opaqueredirect' },
      status: { value: 0 },
    });
    expect(await once(() => hidden)).toMatchObject({ failure: 'redirect' });
  });

  it('a failed request keeps its error as the cause', async () => {
    const cause = new TypeError('refused');
    const error = await once(() => Promise.reject(cause));
    expect(error).toMatchObject({
      failure: 'network',
      message: 'The request failed (https://as.example.com/jwks)',
      cause,
    });
  });

  it('the reason of an aborted signal is reported, whatever fetch throws', async () => {
    const reason = new Error('enough');
    const error = await once(
      () => Promise.reject(new TypeError('aborted')),
      AbortSignal.abort(reason),
    );
    expect(error).toBe(reason);
  });
});
