import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AUDIENCE, aClock, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import { fetchJson } from '../../src/keys/bounded-json.ts';
import { type NodeFetchOptions, nodeFetch } from '../../src/keys/node-fetch.ts';
import { oidcProvider } from '../../src/providers/oidc-provider.ts';
import { aTlsServer } from '../tls-server.ts';

const CLAIMS = {
  sub: 'ada',
  client_id: 'web',
  exp: NOW + 600,
  aud: AUDIENCE,
  token_type: 'Bearer',
};

async function serve(listener: RequestListener): Promise<{ origin: string; port: number }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, port };
}

const get = (url: string, options?: NodeFetchOptions, signal = new AbortController().signal) =>
  fetchJson(url, { fetch: nodeFetch(options), signal, maxBytes: 1_000 });

describe('nodeFetch', () => {
  it('gives status, headers and body, and sends the given headers', async () => {
    let accept: string | undefined;
    const { origin } = await serve((request, response) => {
      accept = request.headers.accept;
      response.writeHead(200, { 'cache-control': 'max-age=7' }).end('{"keys":[]}');
    });
    const { body, headers } = await get(`${origin}/jwks`);
    expect(body).toEqual({ keys: [] });
    expect(headers.get('cache-control')).toBe('max-age=7');
    expect(accept).toBe('application/jwk-set+json, application/json');
  });

  it('trusts only the given certificate authority', async () => {
    const { origin, ca } = await aTlsServer((_request, response) => response.end('{"keys":[]}'));
    const other = await aTlsServer((_request, response) => response.end('{}'));
    await expect(get(origin, { ca })).resolves.toMatchObject({ body: { keys: [] } });
    await expect(get(origin)).rejects.toMatchObject({
      failure: 'network',
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
    await expect(get(other.origin, { ca })).rejects.toMatchObject({ failure: 'network' });
  });

  it('takes the certificate authority as bytes, also of another realm, as test runners have it', async () => {
    const { origin, ca } = await aTlsServer((_request, response) => response.end('{"keys":[]}'));
    const ForeignBytes: Uint8ArrayConstructor = runInNewContext('Uint8Array');
    for (const bytes of [Buffer.from(ca), ForeignBytes.from(Buffer.from(ca))]) {
      const options = { ca: bytes } as unknown as NodeFetchOptions;
      await expect(get(origin, options)).resolves.toMatchObject({ body: { keys: [] } });
    }
  });

  it.each([204, 205, 304, 404])('accepts status %i, with and without a body', async (status) => {
    const { origin } = await serve((_request, response) => response.writeHead(status).end());
    const failure = status === 304 ? 'redirect' : 'status';
    await expect(get(origin)).rejects.toMatchObject({ failure, status });
  });

  it('follows no redirect', async () => {
    const asked: unknown[] = [];
    const { origin } = await serve((request, response) => {
      asked.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(get(`${origin}/jwks`)).rejects.toMatchObject({ failure: 'redirect' });
    expect(asked).toEqual(['/jwks']);
  });

  it('rejects with the system’s error code', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await expect(get(origin)).rejects.toMatchObject({ failure: 'network', code: 'ECONNRESET' });
  });

  it.each<[string, RequestListener]>([
    ['before the headers', () => {}],
    ['in the body', (_request, response) => response.writeHead(200).write('{')],
  ])('ends the request %s', async (_when, listener) => {
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { origin } = await serve((request, response) => {
      listener(request, response);
      arrived();
    });
    const controller = new AbortController();
    const waiting = get(origin, {}, controller.signal);
    waiting.catch(() => {});
    await arrival;
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('the signal of a request', () => {
  it.each([
    ['beside a URL', (url: string, signal: AbortSignal) => nodeFetch()(url, { signal })],
    [
      'beside a Request',
      (url: string, signal: AbortSignal) => nodeFetch()(new Request(url), { signal }),
    ],
    [
      'in a Request',
      (url: string, signal: AbortSignal) => nodeFetch()(new Request(url, { signal })),
    ],
  ])('also ends it after the garbage collector has run: %s', async (_where, ask) => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    if (typeof collectGarbage !== 'function') expect.unreachable();
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { origin } = await serve(() => arrived());
    const controller = new AbortController();
    const waiting = ask(origin, controller.signal);
    waiting.catch(() => {});
    await arrival;
    for (let count = 0; count < 3; count++) {
      collectGarbage();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('what is sent', () => {
  /** What a server received, in this order. */
  async function anEcho() {
    const got: { method?: string; body: string; type?: string; length?: string }[] = [];
    const { origin } = await serve(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { 'content-type': type, 'content-length': length } = request.headers;
      got.push({
        ...(request.method !== undefined && { method: request.method }),
        body: Buffer.concat(chunks).toString(),
        ...(type !== undefined && { type }),
        ...(length !== undefined && { length }),
      });
      response.end('{}');
    });
    return { got, url: `${origin}/introspect` };
  }

  it.each<[string, RequestInit]>([
    ['a form', { method: 'POST', body: new URLSearchParams({ token: 'a b' }) }],
    ['a text', { method: 'POST', body: 'é', headers: { 'content-type': 'text/x' } }],
    ['bytes', { method: 'PUT', body: Uint8Array.of(65, 66) }],
    ['nothing, by POST', { method: 'POST' }],
    ['nothing, by DELETE', { method: 'DELETE' }],
    ['nothing', {}],
  ])('is the same as by the global fetch: %s', async (_what, init) => {
    const { got, url } = await anEcho();
    await fetch(url, init);
    await nodeFetch()(url, init);
    await nodeFetch()(new Request(url, init));
    const [expected, ...sent] = got;
    expect(sent).toEqual([expected, expected]);
    expect(expected?.method).toBe(init.method ?? 'GET');
  });

  it('can be used for introspection, with a certificate authority of its own', async () => {
    const asked: string[] = [];
    const { origin, ca } = await aTlsServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      asked.push(`${request.method} ${Buffer.concat(chunks)}`);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ active: true, ...CLAIMS, iss: ISSUER }));
    });
    const server = createResourceServer({
      issuer: oidcProvider({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
      audience: AUDIENCE,
      clock: aClock(),
      introspection: {
        endpoint: `${origin}/introspect`,
        client: clientSecretBasic('orders-api', 'a secret'),
      },
      fetch: nodeFetch({ ca }),
    });
    onTestFinished(() => server.close());
    await expect(server.verify('opaque')).resolves.toMatchObject({ kind: 'user', userId: 'ada' });
    expect(asked).toEqual(['POST token_type_hint=access_token&token=opaque']);
  });
});

describe('addresses that are not accepted', () => {
  const acceptsAddress = (address: string) => address !== '127.0.0.1' && address !== '::1';

  it.each(['127.0.0.1', 'localhost', '2130706433', '0x7f.1'])(
    '%s is refused, as a host name and as an address',
    async (host) => {
      let requests = 0;
      const { port } = await serve((_request, response) => {
        requests += 1;
        response.end('{}');
      });
      await expect(get(`http://${host}:${port}/`, { acceptsAddress })).rejects.toMatchObject({
        failure: 'network',
        code: 'ERR_ADDRESS_REFUSED',
      });
      expect(requests).toBe(0);
    },
  );

  it('other addresses are accepted', async () => {
    const { port } = await serve((_request, response) => response.end('{}'));
    const seen: string[] = [];
    const any = {
      acceptsAddress: (address: string) => {
        seen.push(address);
        return address === '127.0.0.1';
      },
    };
    await expect(get(`http://localhost:${port}/`, any)).resolves.toMatchObject({ body: {} });
    expect(seen).toContain('127.0.0.1');
  });

  it('an answer other than true refuses, also a promise', async () => {
    for (const answer of [async () => true, async () => Promise.reject(new Error('no')), () => 1]) {
      const failing = { acceptsAddress: answer as unknown as () => boolean };
      for (const host of ['localhost', '127.0.0.1']) {
        await expect(get(`http://${host}:1/`, failing)).rejects.toMatchObject({
          failure: 'network',
          code: 'ERR_ADDRESS_REFUSED',
        });
      }
    }
  });

  it('a check that throws refuses the address, and does not end the process', async () => {
    const failing = {
      acceptsAddress: () => {
        throw new Error('no');
      },
    };
    await expect(get('http://localhost:1/', failing)).rejects.toMatchObject({
      failure: 'network',
      code: 'ERR_ADDRESS_REFUSED',
    });
  });
});
