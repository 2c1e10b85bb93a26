import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isCertificateFetch } from '../src/certificate-fetch.ts';
import { certificateFetch, tlsClientAuth, tokenSource } from '../src/index.ts';
import { CA, ONE, SERVER, TWO } from './certificates.ts';
import { aClock, settled } from './fixtures.ts';

interface Seen {
  readonly name: string | undefined;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly length: string | undefined;
  readonly body: string;
  readonly authorization: string | undefined;
}

let origin: string;
const seen: Seen[] = [];
let tokens = 0;

/** One server for mutual TLS that serves the metadata, the tokens and an API. */
const server = createServer(
  { cert: SERVER.certificate, key: SERVER.key, ca: CA, requestCert: true },
  async (request, response) => {
    const { method, url: path, headers } = request;
    const name = (request.socket as TLSSocket).getPeerCertificate()?.subject?.CN;
    const body = Buffer.concat(await request.toArray()).toString();
    if (path?.startsWith('/.well-known/')) {
      const wrong = `${origin}/without-certificate`;
      const metadata = {
        issuer: origin,
        token_endpoint: wrong,
        mtls_endpoint_aliases: { token_endpoint: `${origin}/token` },
      };
      return response.end(JSON.stringify(metadata));
    }
    const { 'content-type': type, 'content-length': length, authorization } = headers;
    seen.push({ name: String(name), method, path, type, length, body, authorization });
    if (path !== '/token') return response.end('fine');
    tokens += 1;
    const answer = { access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 600 };
    return response.end(JSON.stringify(answer));
  },
);

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe('certificateFetch', () => {
  it('presents the certificate, and sends the request unchanged', async () => {
    const fetch = certificateFetch({ ...ONE, ca: CA });
    const form = new FormData();
    form.set('a', '1');
    const request = new Request(`${origin}/r`, { method: 'PUT', body: 'of a request' });
    const calls: readonly [string | URL | Request, RequestInit?][] = [
      [new URL(`${origin}/get?q=1`)],
      [`${origin}/text`, { method: 'POST', body: 'x', headers: { 'content-type': 'text/x' } }],
      [`${origin}/parameters`, { method: 'POST', body: new URLSearchParams({ a: '1' }) }],
      [`${origin}/form`, { method: 'POST', body: form }],
      [request],
    ];
    const from = seen.length;
    for (const [input, init] of calls) {
      const response = await fetch(input, init);
      expect(await response.text()).toBe('fine');
    }
    const stream = new Blob(['streamed']).stream();
    await fetch(`${origin}/stream`, { method: 'POST', body: stream, duplex: 'half' });
    const got = seen.slice(from);
    expect(new Set(got.map(({ name }) => name))).toEqual(new Set(['one']));
    expect(got.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /get?q=1',
      'POST /text',
      'POST /parameters',
      'POST /form',
      'PUT /r',
      'POST /stream',
    ]);
    expect(got.map(({ type }) => type?.split(';')[0])).toEqual([
      undefined,
      'text/x',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/plain',
      undefined,
    ]);
    expect(got[3]?.body).toContain('name="a"');
    expect([got[4]?.body, got[5]?.body]).toEqual(['of a request', 'streamed']);
    expect(got.map(({ length }) => length === undefined)).toEqual([
      true,
      false,
      false,
      false,
      false,
      true,
    ]);
    await fetch.close();
  });

  it('looks for a renewed certificate at most once a second, and uses the old one until then', async () => {
    const clock = aClock();
    let [certificate, key]: [string | undefined, string] = [ONE.certificate, ONE.key];
    let reads = 0;
    const fetch = certificateFetch({
      certificate: async () => {
        reads += 1;
        if (certificate === undefined) throw new Error('being written');
        return Buffer.from(certificate);
      },
      key: () => key,
      ca: () => CA,
      clock,
    });
    const nameSeen = async () => {
      await fetch(`${origin}/`);
      return seen.at(-1)?.name;
    };
    expect(await nameSeen()).toBe('one');
    const tag = await fetch.certificateTag();
    certificate = TWO.certificate;
    await Promise.all([nameSeen(), nameSeen()]);
    expect(reads).toBe(1);
    clock.pass(1_000);
    // The file of the key still has the old key, so the pair cannot be used yet.
    expect(await nameSeen()).toBe('one');
    expect(await fetch.certificateTag()).toBe(tag);
    certificate = undefined;
    clock.pass(1_000);
    expect(await nameSeen()).toBe('one');
    [certificate, key] = [TWO.certificate, TWO.key];
    clock.pass(1_000);
    expect(await nameSeen()).toBe('two');
    expect(await fetch.certificateTag()).not.toBe(tag);
    await fetch.close();
  });

  it('keeps its connection while the certificate is the same, and ends it when it is closed', async () => {
    const clock = aClock();
    const sockets = new Set<Socket>();
    const note = ({ socket }: IncomingMessage) => sockets.add(socket);
    server.on('request', note);
    const fetch = certificateFetch({ ...ONE, ca: CA, clock });
    for (let times = 0; times < 3; times++) {
      await (await fetch(`${origin}/`)).text();
      await settled();
      clock.pass(1_000);
    }
    const [socket, ...others] = sockets;
    expect([socket?.destroyed, others]).toEqual([false, []]);
    const ended = socket && once(socket, 'close');
    await fetch.close();
    // A later request needs a new connection.
    await (await fetch(`${origin}/`)).text();
    server.off('request', note);
    expect(sockets.size).toBe(2);
    await ended;
    await fetch.close();
  });

  it('uses renewed certificate authorities, too', async () => {
    const clock = aClock();
    let ca = CA;
    const fetch = certificateFetch({ ...ONE, ca: () => ca, clock });
    const tag = await fetch.certificateTag();
    clock.pass(1_000);
    expect(await fetch.certificateTag()).toBe(tag);
    ca = `${CA}${CA}`;
    clock.pass(1_000);
    expect(await fetch.certificateTag()).not.toBe(tag);
    expect((await fetch(`${origin}/`)).status).toBe(200);
    await fetch.close();
  });

  it('fails without a pair that can be used', async () => {
    const wrong = certificateFetch({ certificate: ONE.certificate, key: TWO.key });
    await expect(wrong(origin)).rejects.toThrow();
    const missing = certificateFetch({ certificate: () => undefined as never, key: ONE.key });
    await expect(missing(origin)).rejects.toThrow(
      'The function for the certificate or key returned no PEM',
    );
    await wrong.close();
  });

  it.each([
    [undefined, 'Write: certificateFetch'],
    [{}, 'certificate must be PEM'],
    [{ certificate: 'x' }, 'key must be PEM'],
    [{ certificate: '', key: 'x' }, 'certificate must be PEM'],
    [{ certificate: 'x', key: 'x', ca: 7 }, 'ca must be PEM'],
    [{ cert: 'x' }, 'certificateFetch() has no option "cert"'],
  ])('refuses options with the line to write: %j', (options, message) => {
    expect(() => certificateFetch(options as never)).toThrow(message);
  });
});

it('a fetch that waits for an unreadable certificate ends when the caller’s signal is aborted', async () => {
  const fetch = certificateFetch({ certificate: () => new Promise(() => {}), key: 'key' });
  const caller = new AbortController();
  const waiting = fetch('https://localhost/', { signal: caller.signal });
  await settled();
  caller.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

it('a fetch is a certificate fetch if it can tell its certificate', () => {
  expect(isCertificateFetch(certificateFetch(ONE))).toBe(true);
  const other = Object.assign(() => fetch(origin), { certificateTag: 'text' });
  for (const none of [undefined, fetch, other]) expect(isCertificateFetch(none)).toBe(false);
});

describe('a token source with a certificate', () => {
  it('may have a fetch of the application that does not tell its certificate', async () => {
    const presenting = certificateFetch({ ...ONE, ca: CA });
    const own: typeof fetch = (input, init) => presenting(input, init);
    const client = tlsClientAuth('orders-api', { fetch: own });
    const source = tokenSource({ issuer: origin, client, fetch: own, resource: origin });
    expect((await source.token()).type).toBe('Bearer');
    source.close();
    await presenting.close();
  });

  it('uses the endpoint for certificates, and drops tokens when the certificate changes', async () => {
    const clock = aClock();
    let pair: { certificate: string; key: string } = ONE;
    const fetch = certificateFetch({
      certificate: () => pair.certificate,
      key: () => pair.key,
      ca: CA,
      clock,
    });
    const source = tokenSource({
      issuer: origin,
      client: tlsClientAuth('orders-api', { fetch }),
      fetch,
      resource: origin,
      clock,
    });
    const from = seen.length;
    await source.fetch(`${origin}/orders`);
    clock.pass(1_000);
    await source.fetch(`${origin}/orders`);
    pair = TWO;
    clock.pass(1_000);
    await source.fetch(`${origin}/orders`);
    const got = seen
      .slice(from)
      .map(({ name, path, authorization }) => [name, path, authorization]);
    const [first, second] = [`t${tokens - 1}`, `t${tokens}`];
    expect(got).toEqual([
      ['one', '/token', undefined],
      ['one', '/orders', `Bearer ${first}`],
      ['one', '/orders', `Bearer ${first}`],
      ['two', '/token', undefined],
      ['two', '/orders', `Bearer ${second}`],
    ]);
    expect(seen[from]?.body).toContain('client_id=orders-api');
    source.close();
  });

  it('gets no token while there is no certificate', async () => {
    const fetch = certificateFetch({
      certificate: () => Promise.reject(new Error('not mounted')),
      key: ONE.key,
    });
    const source = tokenSource({ issuer: origin, client: tlsClientAuth('a', { fetch }) });
    await expect(source.token()).rejects.toMatchObject({
      reason: 'credentials_unavailable',
      cause: { message: 'not mounted' },
    });
  });
});
