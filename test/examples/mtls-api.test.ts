import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthEvent } from '@authly/core';
import { authly } from '@authly/core/providers';
import { testCertificate } from '@authly/testing';
import { createApp, createMtlsClient, createTlsServer } from '@authly-examples/mtls-api';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { API, startMutualTlsServer } from '../counterparts/mutual-tls.ts';
import type { RunningServer } from '../support/requests.ts';
import { fetchByTls, listening, sendByTls, serverCertificate } from '../support/tls.ts';
import { runExample } from './child.ts';

const nightly = await testCertificate({ commonName: 'nightly' });
const other = await testCertificate({ commonName: 'other' });
const { cert: ca } = serverCertificate;

let authorizationServer: RunningServer;

beforeAll(async () => {
  authorizationServer = await startMutualTlsServer({ nightly, other });
});

afterAll(() => authorizationServer.close());

async function startApi() {
  const events: AuthEvent[] = [];
  const app = createApp({
    issuer: authly(authorizationServer.origin),
    audience: API,
    fetch: fetchByTls,
    onEvent: (event) => events.push(event),
  });
  const port = await listening(createTlsServer(serverCertificate, app));
  return { url: `https://127.0.0.1:${port}`, events };
}

function aClient(apiUrl: string, { cert, key } = nightly) {
  const client = createMtlsClient({
    tokenEndpoint: `${authorizationServer.origin}/token`,
    clientId: 'nightly',
    cert,
    key,
    ca,
    resource: API,
    apiUrl,
  });
  onTestFinished(() => client.close());
  return client;
}

describe('examples/mtls-api', () => {
  it('serves its client, whose tokens are bound to its certificate', async () => {
    const { url, events } = await startApi();
    const client = aClient(url);
    const { status, text } = await client.fetch('/me');
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { kind: 'client', clientId: 'nightly', scopes: [] },
    ]);
    expect((await client.fetch('/me')).status).toBe(200);
    expect((await client.fetch('/payments', { method: 'POST' })).status).toBe(403);
    expect(events.filter(({ type }) => type === 'request.authenticated')).toMatchObject(
      Array(3).fill({ binding: 'mtls' }),
    );
  });

  it('refuses a request without a token with a Bearer challenge that no cache keeps', async () => {
    const { url } = await startApi();
    const refused = await sendByTls(`${url}/me`, { certificate: nightly });
    expect(refused.status).toBe(401);
    expect(refused.headers['cache-control']).toBe('no-store');
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it('does not get a token for another certificate', async () => {
    const { url } = await startApi();
    await expect(aClient(url, other).fetch('/me')).rejects.toThrow('answered 401');
  });
});

describe('examples/mtls-api, started with its own main.ts', () => {
  it('serves its client in another process, and ends when told to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authly-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const CA = file('ca.pem', ca);
    const server = runExample('mtls-api', {
      env: {
        ISSUER: authorizationServer.origin,
        AUDIENCE: API,
        TLS_CERT: file('server.pem', serverCertificate.cert),
        TLS_KEY: file('server.key', serverCertificate.key),
        CA,
        PORT: '0',
      },
    });
    const [, port] = await server.printed(/port: (\d+)/);
    const client = runExample('mtls-api', {
      main: 'client-main',
      env: {
        TOKEN_ENDPOINT: `${authorizationServer.origin}/token`,
        CLIENT_ID: 'nightly',
        CLIENT_CERT: file('client.pem', nightly.cert),
        CLIENT_KEY: file('client.key', nightly.key),
        API_RESOURCE: API,
        API_URL: `https://127.0.0.1:${port}`,
        CA,
      },
    });
    const { exitCode, stdout } = await client.ended;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^200 \{"kind":"client"/)]);
    server.process.kill('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
  }, 30_000);

  it('names the setting that is missing', async () => {
    const { exitCode, stderr } = await runExample('mtls-api').ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Set ISSUER');
  }, 30_000);
});
