import type { AuthEvent } from '@authly/core';
import { authly } from '@authly/core/providers';
import { createApp, createDpopClient } from '@authly-examples/dpop-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AuthorizationServer,
  startAuthorizationServer,
} from '../counterparts/oidc-provider.ts';
import { API, MACHINE } from '../counterparts/oidc-provider-configuration.ts';
import { listen, type RunningServer } from '../support/requests.ts';
import { runExample } from './child.ts';

const nonceSecret = 'a secret of a test: thirty-two bytes and some more';

let authorizationServer: AuthorizationServer;
let api: RunningServer;
const events: AuthEvent[] = [];

beforeAll(async () => {
  authorizationServer = await startAuthorizationServer({ nonces: true });
  const server = await listen();
  server.serve(
    createApp({
      issuer: authly(authorizationServer.issuer),
      audience: API,
      publicUrl: server.origin,
      nonceSecret,
      origins: ['https://app.example.com'],
      onEvent: (event) => events.push(event),
    }),
  );
  api = server;
});

afterAll(() => {
  api.close();
  authorizationServer.close();
});

function aClient() {
  const { id: clientId, secret: clientSecret } = MACHINE;
  const { issuer } = authorizationServer;
  return createDpopClient({ issuer, clientId, clientSecret, resource: API, apiUrl: api.origin });
}

describe('examples/dpop-api', () => {
  it('serves its client, which learns the nonce once', async () => {
    const client = await aClient();
    events.length = 0;
    const first = await client.fetch('/me');
    expect(await first.json()).toMatchObject({ kind: 'client', clientId: MACHINE.id });
    expect((await client.fetch('/me')).status).toBe(200);
    expect(events.filter(({ type }) => type.startsWith('request.'))).toMatchObject([
      { type: 'request.refused', reason: 'nonce_missing' },
      { type: 'request.authenticated', binding: 'dpop' },
      { type: 'request.authenticated', binding: 'dpop' },
    ]);
  });

  it('refuses a token that is not bound, in a DPoP challenge alone', async () => {
    const token = await authorizationServer.clientToken({ resource: API });
    const headers = { authorization: `Bearer ${token}` };
    const refused = await fetch(`${api.origin}/me`, { headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP .*error="invalid_token"/);
  });

  it('refuses its client what the token has no scope for', async () => {
    const client = await aClient();
    await expect(client.fetch('/payments', { method: 'POST' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('lets pages of the listed origin ask, and no others', async () => {
    const ask = (origin: string) =>
      fetch(`${api.origin}/me`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET' },
      });
    const allowed = await ask('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('Authorization,DPoP');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const other = await ask('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('examples/dpop-api, started with its own main.ts', () => {
  it('serves its client in another process, and ends when told to', async () => {
    const { issuer: ISSUER } = authorizationServer;
    const server = runExample('dpop-api', {
      env: { ISSUER, AUDIENCE: API, DPOP_NONCE_SECRET: nonceSecret, PORT: '0' },
    });
    const [, url = ''] = await server.printed(/at (\S+)\n/);
    const client = runExample('dpop-api', {
      main: 'client-main',
      env: {
        ISSUER,
        CLIENT_ID: MACHINE.id,
        CLIENT_SECRET: MACHINE.secret,
        API_RESOURCE: API,
        API_URL: url,
      },
    });
    const { exitCode, stdout } = await client.ended;
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^200 \{"kind":"client"/)]);
    server.process.kill('SIGTERM');
    expect((await server.ended).exitCode).toBe(0);
  }, 30_000);

  it('names the setting that is missing', async () => {
    const { exitCode, stderr } = await runExample('dpop-api').ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Set ISSUER');
  }, 30_000);
});
