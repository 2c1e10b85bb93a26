import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { isAuthError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { kubernetes } from '../../src/providers/kubernetes.ts';
import { aPublicJwk } from '../keys/test-keys.ts';
import { aTlsServer, type TlsServer } from '../tls-server.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const audience = 'https://api.parcels.example';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'authly-pod-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

/** Behaves as kube-apiserver 1.37 was recorded to, with the roles that a cluster has by default. */
async function anApiServer() {
  const cluster = {
    token: 'pod-token-1',
    asked: [] as { url: string | undefined; authorization: string | undefined }[],
  };
  const keys = [await aPublicJwk({ kid: 'sa' }, 'RS256')];
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const { url, headers } = request;
    const { authorization, accept = '*/*' } = headers;
    cluster.asked.push({ url, authorization });
    const status = (code: number, reason: string) =>
      response
        .writeHead(code, {
          'content-type': 'application/json',
          'cache-control': 'no-cache, private',
        })
        .end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code }));
    if (authorization === undefined) return void status(403, 'Forbidden');
    if (authorization !== `Bearer ${cluster.token}`) return void status(401, 'Unauthorized');
    if (url === '/.well-known/openid-configuration') {
      response.writeHead(200, { 'content-type': 'application/json' });
      // The advertised address: another origin than the issuer's, and not reachable from here.
      response.end(JSON.stringify({ issuer, jwks_uri: 'https://10.99.0.1:8292/openid/v1/jwks' }));
    } else if (url === '/openid/v1/jwks') {
      if (!accept.includes('application/jwk-set+json')) return void status(406, 'NotAcceptable');
      response.writeHead(200, {
        'content-type': 'application/jwk-set+json',
        'cache-control': 'public, max-age=3600',
      });
      response.end(JSON.stringify({ keys }));
    } else {
      response.writeHead(404).end('404 page not found\n');
    }
  }
  return { cluster, server: await aTlsServer(answer) };
}

async function mounted({ ca }: TlsServer, token: string) {
  const [tokenFile, caFile] = [join(directory, 'token'), join(directory, 'ca.crt')];
  await writeFile(tokenFile, `${token}\n`);
  await writeFile(caFile, ca);
  return { tokenFile, caFile };
}

function aServer(provider: ReturnType<typeof kubernetes>) {
  const events: AuthEvent[] = [];
  let now = Date.now();
  const server = createResourceServer({
    issuer: provider,
    audience,
    clock: { now: () => now },
    onEvent: (event) => events.push(event),
  });
  const pass = (ms: number) => {
    now += ms;
  };
  return { server, events, pass };
}

const failed = (events: readonly AuthEvent[]) =>
  events.filter(({ type }) => type === 'keys.refresh_failed');

describe('kubernetes in a pod of the cluster', () => {
  it('reads the keys from the API server with the token and the authority of the pod', async () => {
    const { cluster, server: apiServer } = await anApiServer();
    const files = await mounted(apiServer, cluster.token);
    const inCluster = { apiServer: apiServer.origin, ...files };
    const { server } = aServer(kubernetes({ issuer, inCluster }));
    await server.ready();
    expect(cluster.asked).toEqual([
      { url: '/openid/v1/jwks', authorization: 'Bearer pod-token-1' },
    ]);
  });

  it('finds the API server by the variables that Kubernetes sets in each container', async () => {
    const { cluster, server: apiServer } = await anApiServer();
    vi.stubEnv('KUBERNETES_SERVICE_HOST', '127.0.0.1');
    vi.stubEnv('KUBERNETES_SERVICE_PORT', String(apiServer.port));
    const inCluster = await mounted(apiServer, cluster.token);
    const { server } = aServer(kubernetes({ issuer, inCluster }));
    await server.ready();
    expect(cluster.asked).toHaveLength(1);
    expect(kubernetes({ issuer, inCluster: true }).keys).toEqual({
      kind: 'jwks',
      url: `https://127.0.0.1:${apiServer.port}/openid/v1/jwks`,
    });
  });

  it.each([
    [undefined, undefined, 'https://kubernetes.default.svc'],
    ['', undefined, 'https://kubernetes.default.svc'],
    ['10.96.0.1', undefined, 'https://10.96.0.1:443'],
    ['fd00::1', '6443', 'https://[fd00::1]:6443'],
  ])('reads the host %s and the port %s as %s', (host, port, origin) => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', host);
    vi.stubEnv('KUBERNETES_SERVICE_PORT', port);
    const url = `${new URL(origin).origin}/openid/v1/jwks`;
    expect(kubernetes({ issuer, inCluster: true }).keys).toEqual({ kind: 'jwks', url });
  });

  it('reads both files each time, because Kubernetes replaces them', async () => {
    const { cluster, server: apiServer } = await anApiServer();
    const files = await mounted(apiServer, cluster.token);
    const inCluster = { apiServer: apiServer.origin, ...files };
    const { server, events, pass } = aServer(kubernetes({ issuer, inCluster }));
    await server.ready();
    cluster.token = 'pod-token-2';
    await writeFile(files.tokenFile, cluster.token);
    pass(3_600_000);
    await server.ready();
    expect(failed(events)).toEqual([]);
    expect(cluster.asked[1]?.authorization).toBe('Bearer pod-token-2');
  });

  it('a token for another audience is refused: event and ready() name document and status', async () => {
    const { server: apiServer } = await anApiServer();
    const files = await mounted(apiServer, 'a-token-for-our-own-audience');
    const inCluster = { apiServer: apiServer.origin, ...files };
    const { server, events } = aServer(kubernetes({ issuer, inCluster }));
    const url = `${apiServer.origin}/openid/v1/jwks`;
    const error: unknown = await server.ready().catch((reason: unknown) => reason);
    expect(isAuthError(error) && error.cause).toMatchObject({
      message: `The response has status 401 (${url})`,
    });
    expect(failed(events)).toEqual([
      { type: 'keys.refresh_failed', issuer, cause: 'status', url, status: 401 },
    ]);
  });

  it('reports a missing file by its code, and a file without a token without quoting it', async () => {
    const { server: apiServer } = await anApiServer();
    const files = await mounted(apiServer, 'two\nlines of a secret');
    const inCluster = { apiServer: apiServer.origin, ...files };
    const odd = aServer(kubernetes({ issuer, inCluster }));
    const error: unknown = await odd.server.ready().catch((reason: unknown) => reason);
    expect(String(isAuthError(error) && (error.cause as Error).cause)).toBe(
      'Error: The token file does not contain a token',
    );
    await rm(files.tokenFile);
    const { server, events } = aServer(kubernetes({ issuer, inCluster }));
    await expect(server.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(failed(events)).toMatchObject([{ cause: 'network', code: 'ENOENT' }]);
  });

  it('sends the headers of a Request and of a URL with options', async () => {
    const { cluster, server: apiServer } = await anApiServer();
    const files = await mounted(apiServer, cluster.token);
    const { fetch } = kubernetes({ issuer, inCluster: { apiServer: apiServer.origin, ...files } });
    const url = `${apiServer.origin}/openid/v1/jwks`;
    const headers = { accept: 'application/jwk-set+json' };
    expect((await fetch?.(url, { headers }))?.status).toBe(200);
    expect((await fetch?.(new Request(url, { headers })))?.status).toBe(200);
    expect((await fetch?.(url))?.status).toBe(406);
  });

  it('sends the token only to the API server', async () => {
    const { cluster, server: apiServer } = await anApiServer();
    const { cluster: other, server: elsewhere } = await anApiServer();
    const files = await mounted(apiServer, cluster.token);
    const { fetch } = kubernetes({ issuer, inCluster: { apiServer: apiServer.origin, ...files } });
    await expect(fetch?.(`${elsewhere.origin}/openid/v1/jwks`)).rejects.toThrow('API server alone');
    expect(other.asked).toEqual([]);
  });

  it('fails without inCluster, and the event names the metadata and the status 403', async () => {
    const { server: apiServer } = await anApiServer();
    const { nodeFetch } = await import('../../src/keys/node-fetch.ts');
    const fetch = nodeFetch({ ca: apiServer.ca });
    const { server, events } = aServer(kubernetes({ issuer: apiServer.origin, fetch }));
    await expect(server.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(failed(events)).toMatchObject([
      { url: `${apiServer.origin}/.well-known/openid-configuration`, status: 403 },
    ]);
  });

  it.each([
    ['its own keys', { jwks: { keys: [] } }],
    ['another address', { jwksUri: 'https://as.example.com/jwks' }],
    ['another fetch', { fetch: globalThis.fetch }],
    ['false', { inCluster: false }],
    ['an API server over http', { inCluster: { apiServer: 'http://10.96.0.1' } }],
  ])('with %s is a mistake that is reported', (_what, given) => {
    const options = { issuer, inCluster: true, ...given };
    expect(() => Reflect.apply(kubernetes, undefined, [options])).toThrow(/inCluster: true/);
  });
});
