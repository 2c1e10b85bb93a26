import { type AuthEvent, clientSecretBasic, createResourceServer } from '@authly/core';
import { type BetterAuthOptions, betterAuth } from '@authly/core/providers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { type BetterAuth, type BetterAuthClient, startBetterAuth } from './better-auth.ts';

// A live Better Auth that hands out opaque access tokens, and an API that asks it about them.

const API = 'https://api.parcels.example';
let live: BetterAuth;

beforeAll(async () => {
  live = await startBetterAuth(API);
}, 30_000);
afterAll(() => live.close());

function anApi(
  asking: BetterAuthClient,
  activeForSec = 30,
  options: Pick<BetterAuthOptions, 'deletedUsers'> = { deletedUsers: 'cascade' },
) {
  const events: AuthEvent[] = [];
  const resourceServer = createResourceServer({
    issuer: betterAuth({ issuer: live.issuer, ...options }),
    audience: API,
    introspection: { client: clientSecretBasic(asking.id, asking.secret), cache: { activeForSec } },
    onEvent: (event) => events.push(event),
  });
  return { resourceServer, events };
}

describe('opaque tokens of Better Auth', () => {
  it.each(frameworks)('are those of users and clients in $name', async (framework) => {
    const { resourceServer } = anApi(live.api);
    const app = protectedApp(framework, { server: resourceServer });
    expect((await send(app, { token: await live.machineToken() })).body).toMatchObject({
      kind: 'client',
      clientId: live.web.id,
      scopes: ['parcels:read'],
      source: 'introspection',
    });
    const { access, refresh } = await live.userTokens();
    expect((await send(app, { token: access })).body).toMatchObject({
      kind: 'user',
      userId: expect.stringMatching(/^\w+$/),
      clientId: live.web.id,
    });
    expect((await send(app, { token: refresh })).status).toBe(401);
    expect((await send(app, { token: 'made-up' })).status).toBe(401);
    resourceServer.close();
  });

  it('are all inactive for a client that is not linked to the API, and the error says so', async () => {
    const { resourceServer, events } = anApi(live.stranger);
    for (let count = 0; count < 30; count++) {
      await expect(
        resourceServer.verify(count === 0 ? await live.machineToken() : `junk-${count}`),
      ).rejects.toMatchObject({ reason: 'token_inactive' });
    }
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'introspection.nothing_active' }),
    );
    resourceServer.close();
  });

  it('are refused here after they were revoked there, when the answer is old', async () => {
    const { resourceServer } = anApi(live.api, 1);
    const { access } = await live.userTokens();
    await resourceServer.verify(access);
    await live.revoke(access);
    await vi.waitFor(
      () =>
        expect(resourceServer.verify(access)).rejects.toMatchObject({ reason: 'token_inactive' }),
      { timeout: 5_000, interval: 100 },
    );
    resourceServer.close();
  });

  it('of deleted users are not treated as tokens of machines', async () => {
    const { access } = await live.userTokens();
    const machine = await live.machineToken();
    const { resourceServer } = anApi(live.api, 30, {});
    expect((await resourceServer.verify(access)).kind).toBe('user');
    resourceServer.close();
    live.deleteUser();
    const after = anApi(live.api, 30, {}).resourceServer;
    for (const token of [access, machine]) {
      await expect(after.verify(token)).rejects.toMatchObject({ reason: 'principal_ambiguous' });
    }
    after.close();
  });
});
