import { type AuthEvent, clientSecretBasic } from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { anIntrospectionEndpoint } from '../support/introspection-endpoint.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aClock, jwks, NOW } from '../support/tokens.ts';

/** A live access token of a user, as oidc-provider answers about it. */
const USER = Object.freeze({
  active: true,
  sub: 'dana',
  client_id: 'web-app',
  exp: NOW + 600,
  iat: NOW,
  aud: AUDIENCE,
  scope: 'parcels:read',
  token_type: 'Bearer',
});
/** A client's: there is no account, so there is no `sub`. */
const { sub: _sub, ...CLIENT } = { ...USER, client_id: 'nightly-sync' };

async function setUp() {
  const endpoint = await anIntrospectionEndpoint();
  const clock = aClock();
  const events: AuthEvent[] = [];
  const server = aResourceServer({
    issuer: oidcProvider({ issuer: endpoint.issuer, jwks }),
    introspection: { client: clientSecretBasic('orders-api', 'a secret') },
    clock,
    onEvent: (event) => events.push(event),
  });
  return { endpoint, clock, events, server };
}

describe.each(frameworks)('opaque tokens on $name', (framework) => {
  it('tell users from clients by the answer of the server', async () => {
    const { endpoint, server } = await setUp();
    const app = protectedApp(framework, { server });
    endpoint.answerAbout('opaque-user', USER);
    endpoint.answerAbout('opaque-client', CLIENT);
    const user = await send(app, { token: 'opaque-user' });
    expect(user.status).toBe(200);
    expect(user.body).toMatchObject({ kind: 'user', userId: 'dana', source: 'introspection' });
    const client = await send(app, { token: 'opaque-client' });
    expect(client.body).toMatchObject({ kind: 'client', clientId: 'nightly-sync' });
    expect((await send(app, { token: 'opaque-unknown' })).status).toBe(401);
    expect(endpoint.questions[0]?.form.toString()).toBe(
      'token_type_hint=access_token&token=opaque-user',
    );
  });
});
