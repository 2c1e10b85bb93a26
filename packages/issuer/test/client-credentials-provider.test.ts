import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { generateClientSecret } from '../src/client-secret.ts';
import { type Client, memoryClientStore } from '../src/client-store.ts';
import { createIssuer } from '../src/create-issuer.ts';
import type { IssuerEvent } from '../src/events.ts';
import { clock, NOW_SEC, rejection, signingKey } from './fixtures.ts';

const { secret, hash } = generateClientSecret();
const ORDERS = 'https://orders.example.com';
const USERS = 'https://users.example.com/v1';

const client: Client = {
  clientId: 'nightly-sync',
  secretHashes: [hash],
  scopes: ['read:users', 'write:users'],
  audiences: [ORDERS],
};

function aProvider(change: Partial<Client> = {}) {
  const events: IssuerEvent[] = [];
  const { clientCredentials } = createIssuer({
    issuer: 'https://auth.example.com',
    keys: [signingKey],
    clients: memoryClientStore([{ ...client, ...change }]),
    clock,
    onEvent: (event) => events.push(event),
  });
  const grant = (request: { scope?: string; resources?: readonly string[] } = {}) =>
    clientCredentials.grant({ credentials: credentials(secret), ...request });
  return { events, grant, clientCredentials };
}

const credentials = (clientSecret: string) =>
  ({ clientId: 'nightly-sync', clientSecret, method: 'client_secret_basic' }) as const;

describe('scopes', () => {
  it.each([
    { scope: undefined, granted: ['read:users', 'write:users'] },
    { scope: 'read:users', granted: ['read:users'] },
    { scope: 'write:users read:users', granted: ['write:users', 'read:users'] },
    { scope: 'read:users read:users', granted: ['read:users'] },
  ])('asking for $scope gets $granted', async ({ scope, granted }) => {
    const token = await aProvider().grant(scope === undefined ? {} : { scope });
    expect(token.scopes).toEqual(granted);
    expect(decodeJwt(token.accessToken)['scope']).toBe(granted.join(' '));
  });

  it.each([
    { scope: 'admin', reason: 'scope_not_allowed' },
    { scope: 'read:users admin', reason: 'scope_not_allowed' },
    { scope: 'READ:users', reason: 'scope_not_allowed' },
    { scope: 'read', reason: 'scope_not_allowed' },
    { scope: 'read:users:all', reason: 'scope_not_allowed' },
    { scope: '__proto__', reason: 'scope_not_allowed' },
    { scope: 'read:users,write:users', reason: 'scope_not_allowed' },
    { scope: ' read:users', reason: 'scope_malformed' },
    { scope: 'read:users  write:users', reason: 'scope_malformed' },
    { scope: 'read:users\twrite:users', reason: 'scope_malformed' },
    { scope: '"', reason: 'scope_malformed' },
  ])('asking for $scope is refused: $reason', async ({ scope, reason }) => {
    expect(await rejection(aProvider().grant({ scope }))).toMatchObject({
      code: 'invalid_scope',
      reason,
    });
  });

  it('a client that may have no scopes gets a token without scopes', async () => {
    const { accessToken } = await aProvider({ scopes: [] }).grant();
    expect(decodeJwt(accessToken)).not.toHaveProperty('scope');
  });
});

describe('resources', () => {
  const both = { audiences: [ORDERS, USERS] };

  it.each([
    { change: {}, resources: [], aud: ORDERS },
    { change: {}, resources: [ORDERS], aud: ORDERS },
    { change: {}, resources: [`${ORDERS}/`], aud: ORDERS },
    { change: both, resources: [USERS], aud: USERS },
    { change: { ...both, defaultAudience: USERS }, resources: [], aud: USERS },
    { change: { ...both, defaultAudience: USERS }, resources: [ORDERS], aud: ORDERS },
    { change: both, resources: [USERS, ORDERS], aud: [USERS, ORDERS] },
    { change: both, resources: [ORDERS, `${ORDERS}/`], aud: ORDERS },
    { change: { audiences: ['orders'] }, resources: [], aud: 'orders' },
  ])('$resources of $change.audiences is aud $aud', async ({ change, resources, aud }) => {
    const { accessToken } = await aProvider(change).grant({ resources });
    expect(decodeJwt(accessToken).aud).toEqual(aud);
  });

  it.each([
    { change: both, resources: [], reason: 'resource_missing' },
    { change: {}, resources: [USERS], reason: 'resource_not_allowed' },
    { change: {}, resources: [ORDERS, USERS], reason: 'resource_not_allowed' },
    { change: {}, resources: [`${ORDERS}.evil.test`], reason: 'resource_not_allowed' },
    { change: {}, resources: [`${ORDERS}/admin`], reason: 'resource_not_allowed' },
    { change: {}, resources: [`${ORDERS}#x`], reason: 'resource_malformed' },
    { change: {}, resources: ['orders'], reason: 'resource_malformed' },
    { change: { audiences: ['orders'] }, resources: ['orders'], reason: 'resource_malformed' },
  ])(
    '$resources of $change.audiences is refused: $reason',
    async ({ change, resources, reason }) => {
      expect(await rejection(aProvider(change).grant({ resources }))).toMatchObject({
        code: 'invalid_target',
        reason,
      });
    },
  );
});

describe('the token', () => {
  it('is the client’s own, with its claims and its lifetime', async () => {
    const change = { claims: { tenant_id: 't-1' }, accessTokenLifetimeSec: 60 };
    const token = await aProvider(change).grant();
    expect(decodeJwt(token.accessToken)).toMatchObject({
      sub: 'nightly-sync',
      client_id: 'nightly-sync',
      sub_type: 'client',
      tenant_id: 't-1',
      exp: NOW_SEC + 60,
    });
  });
});

describe('events', () => {
  it('report a grant', async () => {
    const { events, grant } = aProvider();
    await grant({ scope: 'read:users' });
    expect(events).toMatchObject([
      { type: 'token.issued', kind: 'client', clientId: 'nightly-sync', scopes: ['read:users'] },
    ]);
  });

  it('name the client of a refusal if it is known, and contain no text of the request', async () => {
    const { events, grant, clientCredentials } = aProvider();
    await rejection(grant({ scope: 'canary' }));
    await rejection(clientCredentials.grant({ credentials: credentials('canary') }));
    expect(events).toEqual([
      {
        type: 'token.refused',
        code: 'invalid_scope',
        reason: 'scope_not_allowed',
        clientId: 'nightly-sync',
      },
      { type: 'token.refused', code: 'invalid_client', reason: 'secret_wrong' },
    ]);
  });
});
