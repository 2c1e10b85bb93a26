import { inspect } from 'node:util';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClientAuthenticator } from '../src/client-authentication.ts';
import { generateClientSecret } from '../src/client-secret.ts';
import { type Client, type ClientStore, memoryClientStore } from '../src/client-store.ts';
import { hashWithScrypt, matchesHash } from '../src/secret-hash.ts';
import { rejection, untyped } from './fixtures.ts';

// Counts how often work is done in an attempt, and does the work.
vi.mock(import('../src/secret-hash.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return { ...original, matchesHash: vi.fn(original.matchesHash) };
});

const generated = generateClientSecret();
const next = generateClientSecret();
const stranger = generateClientSecret().secret;
const CHOSEN = 'chosen by a person';

const base = { scopes: [], audiences: ['a'] };
const sync: Client = {
  ...base,
  clientId: 'sync',
  secretHashes: [generated.hash],
  authenticationMethod: 'client_secret_basic',
};
const rotating: Client = {
  ...base,
  clientId: 'rotating',
  secretHashes: [generated.hash, next.hash],
  authenticationMethod: 'client_secret_post',
};
const either: Client = { ...base, clientId: 'either', secretHashes: [generated.hash] };
let old: Client;

beforeAll(async () => {
  old = { ...base, clientId: 'old', secretHashes: [await hashWithScrypt(CHOSEN)] };
});

beforeEach(() => {
  vi.mocked(matchesHash).mockClear();
});

function work(): readonly string[] {
  return vi.mocked(matchesHash).mock.calls.map(([, { scheme }]) => scheme);
}

const basic = (clientId: string, clientSecret: string) =>
  ({ clientId, clientSecret, method: 'client_secret_basic' }) as const;
const post = (clientId: string, clientSecret: string) =>
  ({ clientId, clientSecret, method: 'client_secret_post' }) as const;

describe('with generated secrets', () => {
  const authenticate = createClientAuthenticator(memoryClientStore([sync, rotating, either]));

  it('accepts each secret of a client, by its method', async () => {
    expect(await authenticate(basic('sync', generated.secret))).toEqual(sync);
    expect(await authenticate(post('rotating', generated.secret))).toEqual(rotating);
    expect(await authenticate(post('rotating', next.secret))).toEqual(rotating);
  });

  it('accepts either method of a client without a registered one', async () => {
    expect(await authenticate(basic('either', generated.secret))).toEqual(either);
    expect(await authenticate(post('either', generated.secret))).toEqual(either);
  });

  it.each([
    { credentials: post('either', stranger), reason: 'secret_wrong' },
    { credentials: basic('sync', stranger), reason: 'secret_wrong' },
    { credentials: basic('sync', next.secret), reason: 'secret_wrong' },
    { credentials: basic('sync', `${generated.secret}x`), reason: 'secret_wrong' },
    { credentials: basic('sync', generated.hash), reason: 'secret_wrong' },
    { credentials: basic('sync', ''), reason: 'secret_wrong' },
    { credentials: basic('nobody', generated.secret), reason: 'client_unknown' },
    { credentials: basic('SYNC', generated.secret), reason: 'client_unknown' },
    { credentials: basic('google|17', generated.secret), reason: 'client_unknown' },
    { credentials: basic('', generated.secret), reason: 'client_unknown' },
    { credentials: post('sync', generated.secret), reason: 'method_not_registered' },
    { credentials: basic('rotating', generated.secret), reason: 'method_not_registered' },
  ])(
    'refuses $credentials.clientId by $credentials.method: $reason',
    async ({ credentials, reason }) => {
      const error = await rejection(authenticate(credentials));
      expect(error).toMatchObject({
        code: 'invalid_client',
        reason,
        message: 'Client authentication failed',
      });
      const shown = inspect(error, { depth: 9, showHidden: true });
      expect(shown).not.toContain('authly_cs_');
      expect(shown).not.toContain('$sha256$');
    },
  );

  it.each([
    basic('sync', generated.secret),
    basic('sync', stranger),
    post('sync', generated.secret),
    post('rotating', generated.secret),
    post('rotating', next.secret),
    basic('nobody', stranger),
    basic('google|17', stranger),
  ])('takes the same work for $clientId by $method', async (credentials) => {
    await authenticate(credentials).catch(() => {});
    expect(work()).toEqual(['sha256', 'sha256']);
  });

  it.each(['sync', 'nobody'])(
    'hashes nothing for a secret that no client can have, as client %s',
    async (clientId) => {
      await authenticate(basic(clientId, CHOSEN)).catch(() => {});
      expect(work()).toEqual([]);
    },
  );
});

describe('with chosen secrets', () => {
  it('accepts them, and takes the same work for every chosen secret', async () => {
    const authenticate = createClientAuthenticator(memoryClientStore([sync, old]));
    expect(await authenticate(basic('old', CHOSEN))).toEqual(old);
    for (const clientId of ['old', 'sync', 'nobody']) {
      vi.mocked(matchesHash).mockClear();
      await rejection(authenticate(basic(clientId, 'a wrong guess at it')));
      expect(work()).toEqual(['scrypt', 'scrypt']);
    }
  });

  it('works with a store that does not announce them', async () => {
    const store: ClientStore = { find: (id) => (id === 'old' ? old : undefined) };
    expect(await createClientAuthenticator(store)(basic('old', CHOSEN))).toEqual(old);
  });

  it('refuses further attempts when too many wait', async () => {
    const authenticate = createClientAuthenticator(memoryClientStore([old]));
    let release: (matches: boolean) => void = () => {};
    const held = new Promise<boolean>((resolve) => {
      release = resolve;
    });
    vi.mocked(matchesHash).mockImplementation(() => held);
    const attempts = Array.from({ length: 35 }, () =>
      authenticate(basic('old', CHOSEN)).then(
        () => 'accepted',
        (error: { reason: string }) => error.reason,
      ),
    );
    expect(await attempts[34]).toBe('too_busy');
    release(true);
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(34);
    const { matchesHash: original } =
      await vi.importActual<typeof import('../src/secret-hash.ts')>('../src/secret-hash.ts');
    vi.mocked(matchesHash).mockImplementation(original);
  });
});

describe('with a store that returns something wrong', () => {
  it('treats a client with a different spelling of its id as unknown', async () => {
    const authenticate = createClientAuthenticator({ find: async () => sync });
    expect(await authenticate(basic('sync', generated.secret))).toEqual(sync);
    expect(await rejection(authenticate(basic('SYNC', generated.secret)))).toMatchObject({
      reason: 'client_unknown',
    });
  });

  it('never asks the store for an invalid id', async () => {
    const find = vi.fn(() => undefined);
    const authenticate = createClientAuthenticator({ find });
    await rejection(authenticate(basic('google|17', generated.secret)));
    await rejection(authenticate(basic('x'.repeat(256), generated.secret)));
    expect(find).not.toHaveBeenCalled();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('down');
      },
    ],
    ['rejects', () => Promise.reject(new Error('down'))],
  ])('is unavailable when the store %s', async (_, find) => {
    const error = await rejection(createClientAuthenticator({ find })(basic('sync', stranger)));
    expect(error).toMatchObject({ code: 'temporarily_unavailable', reason: 'clients_unavailable' });
  });

  it('is unavailable when a stored hash is invalid, and does not show it', async () => {
    const find = (): Client => ({ ...sync, secretHashes: ['a secret in clear'] });
    const error = await rejection(createClientAuthenticator({ find })(basic('sync', stranger)));
    expect(error).toMatchObject({ reason: 'clients_unavailable' });
    expect(inspect(error, { depth: 9 })).not.toContain('in clear');
  });

  it.each(['scopes', 'audiences'])('is unavailable when %s are not a list', async (member) => {
    const find = (): Client => ({ ...sync, [member]: 'read:users admin' });
    const authenticate = createClientAuthenticator({ find });
    expect(await rejection(authenticate(basic('sync', generated.secret)))).toMatchObject({
      reason: 'clients_unavailable',
      cause: { message: expect.stringContaining("'sync'") },
    });
    // Only a caller who has proved to be the client learns the reason.
    expect(await rejection(authenticate(basic('sync', stranger)))).toMatchObject({
      reason: 'secret_wrong',
    });
  });

  it('treats null, as a database gives it, as a missing member', async () => {
    const none = { authenticationMethod: null, defaultAudience: null };
    const stored = untyped<Client>({ ...sync, ...none });
    const authenticate = createClientAuthenticator({ find: () => stored });
    expect(await authenticate(basic('sync', generated.secret))).toBe(stored);
    expect(await authenticate(post('sync', generated.secret))).toBe(stored);
  });

  it('is unavailable when the default audience is not in the audiences', async () => {
    const find = (): Client => ({ ...sync, defaultAudience: 'b' });
    const authenticate = createClientAuthenticator({ find });
    expect(await rejection(authenticate(basic('sync', generated.secret)))).toMatchObject({
      reason: 'clients_unavailable',
      cause: { message: expect.stringContaining('defaultAudience') },
    });
  });

  it('checks at most two hashes of a client', async () => {
    const find = (): Client => ({ ...sync, secretHashes: [next.hash, next.hash, generated.hash] });
    const error = await rejection(
      createClientAuthenticator({ find })(basic('sync', generated.secret)),
    );
    expect(error).toMatchObject({ reason: 'secret_wrong' });
  });
});
