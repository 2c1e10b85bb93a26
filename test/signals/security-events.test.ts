import { memoryRevocations, type ResourceServer } from '@authly/core';
import { securityEvents } from '@authly/signals';
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
import { AUTHORIZATION, anEvent, aTransmitter } from '../support/signals.ts';
import { aClock, aUserToken, NOW } from '../support/tokens.ts';

const servers: ResourceServer<unknown>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const parsers = ['none', 'usual', 'other', 'json', 'text', 'bytes'] as const;
const matrix = frameworks.flatMap((framework) =>
  parsers.map((bodyParser) => ({ framework, name: framework.name, bodyParser })),
);

describe.each(matrix)('security events in $name, body parser: $bodyParser', (row) => {
  const { framework, bodyParser } = row;

  it('[RFC8935-2.1-a] [RFC8935-2.2-b] [RFC8935-3-a] an event of the provider ends the tokens that were issued before it', async () => {
    const app = anApi(framework, { bodyParser });
    const before = aUserToken({ iat: NOW - 10 });
    const after = aUserToken({ iat: NOW - 4, jti: 'later' });
    expect((await send(app, { path: '/me', token: before })).status).toBe(200);
    for (let n = 0; n < 2; n += 1) {
      const response = await push(app, anEvent());
      expect(response.status).toBe(202);
      expect(response.text).toBe('');
      expect(response.headers).not.toHaveProperty('content-type');
    }
    const refused = await send(app, { path: '/me', token: before });
    expect(refused.status).toBe(401);
    expect(refused.body.error_description).toBe('The access token was revoked');
    expect((await send(app, { path: '/me', token: after })).status).toBe(200);
  });

  it('[RFC8935-2.3-a] a bad event is refused, and changes nothing', async () => {
    const app = anApi(framework, { bodyParser });
    const response = await push(app, anEvent({ aud: 'https://other.example.com' }));
    expect(response.status).toBe(400);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json',
      'content-language': 'en',
    });
    expect(response.body).toEqual({
      err: 'invalid_audience',
      description: 'The token is meant for another audience',
    });
    expect((await push(app, 'x'.repeat(70_000))).status).toBeOneOf([400, 413]);
    expect((await push(app, '')).status).toBe(400);
    expect((await send(app, { path: '/events' })).status).toBe(405);
    const token = aUserToken({ iat: NOW - 10 });
    expect((await send(app, { path: '/me', token })).status).toBe(200);
  });
});

/** An API with an endpoint for events, over one store. */
function anApi(framework: Framework, options: AppOptions): TestApp {
  const clock = aClock();
  const revocations = memoryRevocations({ clock });
  const handler = securityEvents({ transmitters: [aTransmitter()], revocations, clock });
  const server = aResourceServer({ clock, revocation: { store: revocations } });
  servers.push(server);
  return framework.createApp(({ app, use, route }) => {
    app('/events', (events) => events.use(framework.kit.mount(handler)));
    use(framework.authenticate(server));
    route('/me', () => 'ok');
  }, options);
}

function push(app: TestApp, jwt: string): supertest.Test {
  return send(app, { method: 'post', path: '/events', headers: { authorization: AUTHORIZATION } })
    .set('content-type', 'application/secevent+jwt')
    .send(jwt);
}
