import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fromHeader } from '@authly/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { nginxRecipe } from '../support/nginx-recipe.ts';
import { listen, type RunningServer } from '../support/requests.ts';
import { aToken, NOW } from '../support/tokens.ts';
import { findDebianServer } from './support/debian-server.ts';
import { type Nginx, startNginx } from './support/nginx.ts';

// Runs nginx with the configuration of docs/front-doors.md before an API. Instead of oauth2-proxy
// there is a small server that knows one person by a cookie.

const program = findDebianServer('nginx');

describe.runIf(program !== undefined).each(frameworks)('$name behind auth_request', (framework) => {
  let api: RunningServer;
  let door: Server;
  let nginx: Nginx;
  let doorSays: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const credentials = fromHeader('x-forwarded-access-token');
    api = await listen(protectedApp(framework, { credentials }).listener);
    door = createServer((incoming, response) => {
      const isKnown = incoming.headers.cookie === 'session=ada';
      response.writeHead(isKnown ? 202 : 401, isKnown ? doorSays : {}).end();
    });
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const { port } = door.address() as AddressInfo;
    const locations = nginxRecipe(api.origin, `http://127.0.0.1:${port}`);
    nginx = await startNginx(program ?? expect.unreachable(), api.origin, locations);
  });

  afterAll(async () => {
    await nginx?.stop();
    door.close();
    api.close();
  });

  const send = (headers: Readonly<Record<string, string>>) => sendTo(nginx.socketPath, headers);

  it('admits a person whom the front door knows, by the token in its answer', async () => {
    doorSays = { 'x-auth-request-access-token': aToken() };
    const { status, text } = await send({ cookie: 'session=ada' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ kind: 'user', userId: 'ada' });
  });

  it('uses the front door’s token, whatever token the caller sends', async () => {
    doorSays = { 'x-auth-request-access-token': aToken() };
    const own = aToken({ sub: 'mallory' });
    expect((await send({ 'x-forwarded-access-token': own })).status).toBe(401);
    const { text } = await send({ cookie: 'session=ada', 'x-forwarded-access-token': own });
    expect(JSON.parse(text)).toMatchObject({ userId: 'ada' });
    const besides = await send({ cookie: 'session=ada', authorization: `Bearer ${own}` });
    expect(JSON.parse(besides.text)).toMatchObject({ userId: 'ada' });
  });

  it('refuses if the front door has no token, or an expired one', async () => {
    doorSays = { 'x-auth-request-user': 'ada' };
    expect((await send({ cookie: 'session=ada', 'x-forwarded-user': 'ada' })).status).toBe(401);
    doorSays = { 'x-auth-request-access-token': aToken({ exp: NOW - 60 }) };
    expect((await send({ cookie: 'session=ada' })).status).toBe(401);
  });
});

function sendTo(
  socketPath: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = { host: 'api.example.com', ...headers };
    const outgoing = request({ socketPath, headers: sent, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0 } = response;
        resolve({ status, text: Buffer.concat(chunks).toString() });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
