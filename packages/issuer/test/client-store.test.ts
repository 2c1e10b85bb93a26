import { inspect } from 'node:util';
import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { generateClientSecret } from '../src/client-secret.ts';
import {
  type Client,
  type ClientAuthenticationMethod,
  memoryClientStore,
} from '../src/client-store.ts';
import { hashWithScrypt } from '../src/secret-hash.ts';
import { thrown, untyped } from './fixtures.ts';

const { hash } = generateClientSecret();

const client: Client = {
  clientId: 'nightly-sync',
  secretHashes: [hash],
  scopes: ['read:users'],
  audiences: ['https://api.example.com'],
};

describe('memoryClientStore', () => {
  it('finds clients by exactly their id', () => {
    const store = memoryClientStore([client, { ...client, clientId: 'Other' }]);
    expect(store.find('nightly-sync')).toEqual(client);
    for (const id of ['Nightly-Sync', 'nightly-sync ', 'other', '', '__proto__', 'constructor']) {
      expect(store.find(id)).toBeUndefined();
    }
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['one client, not in a list', client],
    ['a list of ids', ['nightly-sync']],
    ['a client without scopes', [{ ...client, scopes: undefined }]],
    ['a client without audiences', [{ ...client, audiences: undefined }]],
    ['a client without hashes', [{ ...client, secretHashes: undefined }]],
    ['scopes as a text', [{ ...client, scopes: 'read:users' }]],
    ['audience in the place of audiences', [{ ...client, audience: 'https://api.example.com' }]],
  ])('%s is refused with a client to write', (_name, clients) => {
    const make = () => memoryClientStore(clients as never);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/Write: .*\['(?:https:\/\/api|read:users)/);
  });

  it('keeps a copy, so later changes have no effect on it', () => {
    const scopes = ['read:users'];
    const store = memoryClientStore([{ ...client, scopes }]);
    scopes.push('admin');
    expect(store.find('nightly-sync')).toMatchObject({ scopes: ['read:users'] });
  });

  it('knows whether some secret was chosen', async () => {
    const chosen = {
      ...client,
      clientId: 'old',
      secretHashes: [await hashWithScrypt('chosen secret')],
    };
    expect(memoryClientStore([client]).chosenSecrets).toBe(false);
    expect(memoryClientStore([client, chosen]).chosenSecrets).toBe(true);
  });

  it('shows no hash when it is printed', () => {
    const store = memoryClientStore([client]);
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain('$sha256$');
    expect(JSON.stringify(store)).toBe('{"chosenSecrets":false}');
  });

  it.each([
    { change: { clientId: 'google|17' }, hint: '"|"' },
    { change: { clientId: '' }, hint: 'clientId' },
    { change: { secretHashes: [] }, hint: 'secretHashes' },
    { change: { secretHashes: [hash, hash, hash] }, hint: 'secretHashes' },
    { change: { secretHashes: ['secret in clear'] }, hint: 'generateClientSecret' },
    {
      change: { authenticationMethod: untyped<ClientAuthenticationMethod>('private_key_jwt') },
      hint: 'client_secret_post',
    },
    { change: { scopes: ['read write'] }, hint: 'scope' },
    { change: { audiences: [] }, hint: 'audiences' },
    { change: { audiences: ['orders', 'https://api.example.com'] }, hint: 'absolute URI' },
    { change: { defaultAudience: 'https://other.example.com' }, hint: 'defaultAudience' },
    { change: { accessTokenLifetimeSec: 0 }, hint: 'accessTokenLifetimeSec' },
    { change: { claims: { sub: 'admin' } }, hint: 'sub' },
    { change: { claims: { when: new Date() } }, hint: 'when' },
  ])('refuses $change', ({ change, hint }) => {
    const error = thrown(() => memoryClientStore([{ ...client, ...change }]));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).toContain(hint);
    expect(String(error)).not.toContain('secret in clear');
  });

  it('refuses one id twice', () => {
    expect(String(thrown(() => memoryClientStore([client, client])))).toContain("'nightly-sync'");
  });
});
