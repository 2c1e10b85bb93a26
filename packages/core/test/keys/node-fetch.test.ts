import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchJson } from '../../src/keys/bounded-json.ts';
import { type NodeFetchOptions, nodeFetch } from '../../src/keys/node-fetch.ts';
import { aTlsServer } from '../tls-server.ts';

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
  it('gives status, headers and body, and sends the headers it is given', async () => {
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

  it('trusts the certificate authority that it is given, and no other server by it', async () => {
    const { origin, ca } = await aTlsServer((_request, response) => response.end('{"keys":[]}'));
    const other = await aTlsServer((_request, response) => response.end('{}'));
    await expect(get(origin, { ca })).resolves.toMatchObject({ body: { keys: [] } });
    await expect(get(origin)).rejects.toMatchObject({
      failure: 'network',
      code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO_VERIFY/),
    });
    await expect(get(other.origin, { ca })).rejects.toMatchObject({ failure: 'network' });
  });

  it.each([204, 205, 304, 404])('takes status %i, with a body or without', async (status) => {
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

  it('names what the system calls the failure', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    await expect(get(origin)).rejects.toMatchObject({ failure: 'network', code: 'ECONNRESET' });
  });

  it.each<[string, RequestListener]>([
    ['before the headers', () => {}],
    ['in the body', (_request, response) => response.writeHead(200).write('{')],
  ])('is ended by its signal %s', async (_when, listener) => {
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

describe('addresses that may not be connected to', () => {
  const acceptsAddress = (address: string) => address !== '127.0.0.1' && address !== '::1';

  it.each(['127.0.0.1', 'localhost', '2130706433', '0x7f.1'])(
    '%s is refused, as a name or as a literal address',
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

  it('others are connected to', async () => {
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

  it('a check that throws refuses, and ends no process', async () => {
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
