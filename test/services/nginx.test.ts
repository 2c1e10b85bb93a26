import { type IncomingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer } from '../support/requests.ts';
import { aClientToken, aToken, NOW } from '../support/tokens.ts';
import { findDebianServer } from './support/debian-server.ts';
import { type Nginx, startNginx } from './support/nginx.ts';

const program = findDebianServer('nginx');

describe.runIf(program !== undefined).each(frameworks)('$name behind nginx', (framework) => {
  let api: RunningServer;
  let nginx: Nginx;

  beforeAll(async () => {
    api = await listen(protectedApp(framework).listener);
    nginx = await startNginx(program ?? expect.unreachable(), api.origin);
  });

  afterAll(async () => {
    await nginx?.stop();
    api.close();
  });

  const send = (...authorization: readonly string[]) => sendTo(nginx.socketPath, authorization);

  it('recognizes users and clients as without nginx', async () => {
    const user = await send(`Bearer ${aToken()}`);
    expect(user.status).toBe(200);
    expect(JSON.parse(user.text)).toMatchObject({ kind: 'user', userId: 'ada' });
    const client = await send(`Bearer ${aClientToken()}`);
    expect(JSON.parse(client.text)).toMatchObject({ kind: 'client', clientId: 'nightly-sync' });
  });

  it('refuses with the same status, challenge and cache headers', async () => {
    const nobody = await send();
    expect(nobody.status).toBe(401);
    expect(nobody.headers['www-authenticate']).toBe('Bearer realm="api"');
    const expired = await send(`Bearer ${aToken({ exp: NOW - 60 })}`);
    expect(expired.status).toBe(401);
    expect(expired.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="invalid_token", error_description="The access token has expired"',
    );
    expect(expired.headers['cache-control']).toBe('no-store');
  });

  it('admits nobody with two Authorization headers, whether nginx or the API refuses', async () => {
    const bearer = `Bearer ${aToken()}`;
    expect((await send(bearer, bearer)).status).toBe(400);
    expect((await send(bearer, 'Basic YTpi')).status).toBe(400);
  });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function sendTo(socketPath: string, authorization: readonly string[]): Promise<Answer> {
  const headers = [
    'host',
    'api.example.com',
    ...authorization.flatMap((value) => ['authorization', value]),
  ];
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0, headers: received } = response;
        resolve({ status, headers: received, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
