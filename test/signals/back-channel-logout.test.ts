import { memoryRevocations, type ResourceServer } from '@authly/core';
import { backChannelLogout } from '@authly/signals';
import type supertest from 'supertest';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type AppOptions,
  type Framework,
  frameworks,
  type TestApp,
} from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aLogoutToken, anIssuer, CLIENT_ID } from '../support/signals.ts';
import { aClock, aUserToken, NOW } from '../support/tokens.ts';

const servers: ResourceServer<unknown>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const parsers = ['none', 'usual', 'other', 'json', 'text', 'bytes'] as const;
const matrix = frameworks.flatMap((framework) =>
  parsers.map((bodyParser) => ({ framework, name: framework.name, bodyParser })),
);

describe.each(matrix)('back-channel logout in $name, body parser: $bodyParser', (row) => {
  const { framework, bodyParser } = row;

  it('a logout ends the tokens of its session, and no others', async () => {
    const app = anApi(framework, { bodyParser });
    const ended = aUserToken({ iat: NOW - 10, sid: 's1' });
    const other = aUserToken({ iat: NOW - 10, sid: 's2' });
    expect((await send(app, { path: '/me', token: ended })).status).toBe(200);
    for (let n = 0; n < 2; n += 1) {
      const response = await logOut(app, { logout_token: aLogoutToken() });
      expect(response.status).toBe(200);
      expect(response.text).toBe('');
      expect(response.headers['cache-control']).toBe('no-store');
    }
    const refused = await send(app, { path: '/me', token: ended });
    expect(refused.status).toBe(401);
    expect(refused.body.error_description).toBe('The access token was revoked');
    expect((await send(app, { path: '/me', token: other })).status).toBe(200);
  });

  it('a bad logout token is refused, and changes nothing', async () => {
    const app = anApi(framework, { bodyParser });
    const twice = new URLSearchParams([
      ['logout_token', aLogoutToken()],
      ['logout_token', aLogoutToken()],
    ]).toString();
    for (const form of [{ logout_token: aLogoutToken({ nonce: 'n' }) }, twice, { a: '1' }]) {
      const response = await logOut(app, form);
      expect(response.status).toBe(400);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.body).toMatchObject({ error: 'invalid_request' });
    }
    expect((await send(app, { path: '/logout' })).status).toBe(405);
    const token = aUserToken({ iat: NOW - 10, sid: 's1' });
    expect((await send(app, { path: '/me', token })).status).toBe(200);
  });
});

/** An API with an endpoint for logout tokens, over one store. */
function anApi(framework: Framework, options: AppOptions): TestApp {
  const clock = aClock();
  const revocations = memoryRevocations({ clock });
  const handler = backChannelLogout({
    issuer: anIssuer(),
    clientId: CLIENT_ID,
    revocations,
    sidInAccessTokens: true,
    clock,
  });
  const server = aResourceServer({ clock, revocation: { store: revocations } });
  servers.push(server);
  return framework.createApp(({ app, use, route }) => {
    app('/logout', (logout) => logout.use(framework.kit.mount(handler)));
    use(framework.authenticate(server));
    route('/me', () => 'ok');
  }, options);
}

function logOut(app: TestApp, form: string | object): supertest.Test {
  return send(app, { method: 'post', path: '/logout' }).type('form').send(form);
}
