import type { JWK } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { createKeySet } from '../../src/keys/create-key-set.ts';
import { type KeyOptions, resolveKeyOptions } from '../../src/keys/key-options.ts';
import type { KeySource } from '../../src/keys/key-set.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { ConfigurationError, isAuthError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { VerificationKey } from '../../src/signature/verification-key.ts';
import type { KeySnapshot, KeySnapshotStore } from '../../src/stores/key-snapshot-store.ts';
import { aPrivateJwk, aPublicJwk } from './test-keys.ts';

const issuer = 'https://as.example.com';
const jwksUrl = 'https://as.example.com/jwks';
const MIN = 60_000;
const HOUR = 60 * MIN;
const T0 = 1_800_000_000_000;

/** What the provider gives to the next request: keys, a response, a failure, or nothing yet. */
type Answer = readonly object[] | Response | Error | 'nothing yet';

interface Options {
  readonly source?: KeySource;
  readonly keys?: KeyOptions;
  readonly snapshot?: KeySnapshotStore;
}

/** A key set with a provider, a clock, and a record of its events. */
function aKeySet({ source = { kind: 'jwks', url: jwksUrl }, keys = {}, snapshot }: Options = {}) {
  const seen: AuthEvent[] = [];
  const requests: { url: string; signal: AbortSignal; answer: (answer: Answer) => void }[] = [];
  const world = { now: T0, provider: 'nothing yet' as Answer };

  const fetch: typeof globalThis.fetch = (url, init) =>
    new Promise((resolve, reject) => {
      const signal = init?.signal ?? new AbortController().signal;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const answer = (given: Answer) => {
        if (given instanceof Error) reject(given);
        else if (given instanceof Response) resolve(given.clone());
        else if (given !== 'nothing yet') resolve(Response.json({ keys: given }));
      };
      requests.push({ url: String(url), signal, answer });
      answer(world.provider);
    });

  const keySet = createKeySet(source, {
    issuer,
    fetch,
    clock: { now: () => world.now },
    events: createEventSink((event) => seen.push(event)),
    timing: resolveKeyOptions(keys),
    random: () => 0,
    ...(snapshot && { snapshot }),
  });
  const find = (kid: string) => keySet.find({ algorithm: 'ES256', kid });
  /** The kid of the key that was found, or the reason of the refusal. */
  const outcome = async (kid: string) => {
    try {
      return (await find(kid)).kid;
    } catch (error) {
      return isAuthError(error) ? error.reason : error;
    }
  };
  const types = () => seen.splice(0).map(({ type }) => type);
  return { keySet, find, outcome, world, requests, seen, types };
}

/** Waits until all promises that can settle have settled. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

async function twoKeys(): Promise<[JWK, JWK]> {
  return [await aPublicJwk({ kid: 'a' }), await aPublicJwk({ kid: 'b' })];
}

async function aLoadedKeySet(entries: readonly object[], options?: Options) {
  const it = aKeySet(options);
  it.world.provider = entries;
  await it.keySet.ready();
  it.types();
  return it;
}

describe('a remote key set', () => {
  it('makes no request before it is used', () => {
    expect(aKeySet().requests).toEqual([]);
  });

  it('shares one fetch among requests at the same time', async () => {
    const [a] = await twoKeys();
    const { find, requests } = aKeySet();
    const waiting = Array.from({ length: 200 }, () => find('a'));
    await settled();
    requests[0]?.answer([a]);
    const found = await Promise.all(waiting);
    expect(new Set(found).size).toBe(1);
    expect(requests).toHaveLength(1);
  });

  it('gives a cached key without a promise', async () => {
    const { find, keySet } = await aLoadedKeySet(await twoKeys());
    const key = find('a');
    expect(key).not.toBeInstanceOf(Promise);
    expect(keySet.isLive(key as VerificationKey)).toBe(true);
  });

  it('refreshes in the background before the keys get old, also when only cached tokens come', async () => {
    const { find, keySet, world, requests } = await aLoadedKeySet(await twoKeys());
    const key = find('a') as VerificationKey;
    world.provider = 'nothing yet';
    world.now += 8 * MIN;
    expect(keySet.isLive(key)).toBe(true);
    expect(keySet.isLive(key)).toBe(true);
    expect(find('a')).toBe(key);
    await settled();
    expect(requests).toHaveLength(2);
  });

  it('reads a cached token again once the keys are not fresh, because that may have to wait', async () => {
    const entries = await twoKeys();
    const { find, keySet, world, requests } = await aLoadedKeySet(entries);
    const key = find('a') as VerificationKey;
    world.provider = 'nothing yet';
    world.now += 10 * MIN;
    expect(keySet.isLive(key)).toBe(false);
    const waiting = find('a');
    expect(waiting).toBeInstanceOf(Promise);
    await settled();
    expect(requests).toHaveLength(2);
    requests[1]?.answer(entries);
    await expect(waiting).resolves.toBe(key);
    expect(keySet.isLive(key)).toBe(true);
  });

  it('continues with the current keys when the provider fails, and lets no further request wait', async () => {
    const { find, keySet, outcome, world, requests, types } = await aLoadedKeySet(await twoKeys());
    const key = find('a') as VerificationKey;
    world.provider = new Error('refused');
    world.now += 10 * MIN;
    expect(await outcome('a')).toBe('a');
    expect(types()).toEqual(['keys.refresh_failed', 'keys.stale']);
    expect(find('a')).toBe(key);
    expect(keySet.isLive(key)).toBe(true);
    expect(requests).toHaveLength(2);
    world.now += 1_000;
    expect(find('a')).toBe(key);
    await settled();
    expect(requests).toHaveLength(3);
  });

  it('says in an event how old the keys are', async () => {
    const { outcome, world, seen } = await aLoadedKeySet(await twoKeys());
    world.provider = new Error('refused');
    world.now += 70 * MIN;
    await outcome('a');
    expect(seen.at(-1)).toEqual({ type: 'keys.stale', issuer, staleForSec: 3_600 });
  });

  it('refuses with Retry-After when the keys are too old, also cached tokens, and recovers', async () => {
    const entries = await twoKeys();
    const { find, keySet, outcome, world } = await aLoadedKeySet(entries);
    const key = find('a') as VerificationKey;
    world.provider = new Error('refused');
    world.now += 6 * HOUR + 10 * MIN - 1;
    expect(await outcome('a')).toBe('a');
    world.now += 1;
    expect(keySet.isLive(key)).toBe(false);
    await expect(find('a')).rejects.toMatchObject({
      reason: 'keys_unavailable',
      code: 'temporarily_unavailable',
      details: { retryAfterSec: 1 },
    });
    world.provider = entries;
    world.now += 1_000;
    expect(await outcome('a')).toBe('a');
  });

  it('without keys refuses at once during the pause, and keeps the cause for the operator', async () => {
    const { find, outcome, world, requests } = aKeySet();
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('keys_unavailable');
    await expect(find('a')).rejects.toMatchObject({ cause: { failure: 'network' } });
    expect(requests).toHaveLength(1);
  });

  it('finds a key that was published without notice, with one fetch', async () => {
    const [a, b] = await twoKeys();
    const { outcome, world, requests } = await aLoadedKeySet([a]);
    world.provider = [a, b];
    expect(await outcome('b')).toBe('b');
    expect(requests).toHaveLength(2);
  });

  it('fetches three times in a flood of unknown kids, and again after the cool-down', async () => {
    const [a, b] = await twoKeys();
    const { outcome, world, requests } = await aLoadedKeySet([a]);
    for (let n = 0; n < 50; n += 1) expect(await outcome(`x${n}`)).toBe('key_unknown');
    expect(requests).toHaveLength(1 + 3);
    world.provider = [a, b];
    expect(await outcome('b')).toBe('key_unknown');
    world.now += 5_000;
    expect(await outcome('b')).toBe('b');
    expect(requests).toHaveLength(1 + 3 + 1);
  });

  it('says when to ask again about an unknown key if the keys were not fetched for it', async () => {
    const { find, world } = await aLoadedKeySet(await twoKeys());
    for (const kid of ['x', 'y', 'z']) {
      await expect(find(kid)).rejects.toMatchObject({ reason: 'key_unknown', details: {} });
    }
    world.now += 1_500;
    const unasked = await Promise.resolve(find('y')).catch((error: unknown) => error);
    expect(unasked).toMatchObject({ reason: 'key_unknown', details: { retryAfterSec: 4 } });
  });

  it('also says so about a key that was asked for while an attempt was running, which may have had its answer before', async () => {
    const [a, b] = await twoKeys();
    const { find, world, requests } = await aLoadedKeySet([a]);
    world.provider = 'nothing yet';
    const refusalOf = (kid: string) =>
      Promise.resolve(find(kid)).then(undefined, (error: unknown) => error);
    const starting = refusalOf('x');
    const joining = refusalOf('b');
    await settled();
    requests[1]?.answer([a]);
    expect(await starting).toMatchObject({ reason: 'key_unknown', details: {} });
    expect(await starting).not.toHaveProperty('details.retryAfterSec');
    expect(await joining).toMatchObject({ reason: 'key_unknown', details: { retryAfterSec: 1 } });
    world.provider = [a, b];
    expect(await find('b')).toMatchObject({ kid: 'b' });
    expect(requests).toHaveLength(3);
  });

  it('answers 503 for an unknown kid while the provider fails, and continues with known ones', async () => {
    const { find, outcome, world, requests } = await aLoadedKeySet(await twoKeys());
    world.provider = new Error('refused');
    for (const kid of ['x', 'y', 'z']) expect(await outcome(kid)).toBe('keys_unavailable');
    world.now += 1_500;
    await expect(find('y')).rejects.toMatchObject({ details: { retryAfterSec: 4 } });
    expect(find('a')).toMatchObject({ kid: 'a' });
    expect(requests).toHaveLength(1 + 3);
  });

  it('does not fetch for a known kid that does not fit the algorithm', async () => {
    const { keySet, requests } = await aLoadedKeySet(await twoKeys());
    const found = keySet.find({ algorithm: 'RS256', kid: 'a' });
    await expect(found).rejects.toMatchObject({ reason: 'key_unknown' });
    expect(requests).toHaveLength(1);
  });

  it('finds a key for a token without kid if exactly one fits its algorithm', async () => {
    const one = await aLoadedKeySet([await aPublicJwk({ kid: 'a' })]);
    expect(one.keySet.find({ algorithm: 'ES256', kid: undefined })).toMatchObject({ kid: 'a' });
    const two = await aLoadedKeySet(await twoKeys());
    await expect(two.keySet.find({ algorithm: 'ES256', kid: undefined })).rejects.toMatchObject({
      reason: 'key_unknown',
    });
  });

  it('withdraws a key that the next set does not have; the other keys stay the same objects', async () => {
    const [a, b] = await twoKeys();
    const { find, keySet, outcome, world, seen } = await aLoadedKeySet([a, b]);
    const [keyA, keyB] = [find('a') as VerificationKey, find('b') as VerificationKey];
    world.provider = [b];
    world.now += 10 * MIN;
    expect(await outcome('b')).toBe('b');
    expect(keySet.isLive(keyA)).toBe(false);
    expect(find('b')).toBe(keyB);
    expect(await outcome('a')).toBe('key_unknown');
    expect(seen).toContainEqual({ type: 'keys.withdrawn', issuer, keys: 1 });
  });

  it.each<[string, () => Promise<Answer> | Answer, string]>([
    ['an empty set', () => [], 'empty'],
    ['only unfit keys', async () => [await aPrivateJwk({ kid: 'a' })], 'empty'],
    ['no set', () => Response.json({ keys: 'a' }), 'malformed'],
    ['HTML', () => new Response('<html>'), 'not_json'],
    ['an error', () => new Response('{}', { status: 500 }), 'status'],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: '/' } }),
      'redirect',
    ],
    ['too much', () => new Response(' '.repeat(600_000)), 'too_large'],
    ['a broken connection', () => new Error('ECONNRESET'), 'network'],
  ])('does not replace the current keys by %s', async (_what, answer, cause) => {
    const { outcome, world, seen } = await aLoadedKeySet(await twoKeys());
    world.provider = await answer();
    world.now += 10 * MIN;
    expect(await outcome('a')).toBe('a');
    expect(seen).toContainEqual(
      expect.objectContaining({ type: 'keys.refresh_failed', issuer, cause, url: jwksUrl }),
    );
    expect(seen.map(({ type }) => type)).not.toContain('keys.withdrawn');
  });

  it('uses the good keys of a set with bad ones, and reports the bad ones', async () => {
    const [a, b] = await twoKeys();
    const enc = await aPublicJwk({ kid: 'enc', use: 'enc' });
    const { outcome, world, seen } = aKeySet();
    world.provider = [{ kty: 'oct', k: 'AA' }, enc, a, await aPrivateJwk({ kid: 'b' }), b];
    expect(await outcome('b')).toBe('b');
    expect(seen).toEqual([
      { type: 'keys.ignored', issuer, cause: 'symmetric', keys: 1 },
      { type: 'keys.ignored', issuer, cause: 'private', keys: 1 },
      { type: 'keys.refreshed', issuer, keys: 2 },
    ]);
  });

  it('keeps to the max-age of the response', async () => {
    const entries = await twoKeys();
    const { find, world, requests } = aKeySet();
    world.provider = Response.json(
      { keys: entries },
      { headers: { 'cache-control': 'max-age=3600' } },
    );
    await find('a');
    world.now += 47 * MIN;
    await find('a');
    expect(requests).toHaveLength(1);
    world.now += 1 * MIN;
    await find('a');
    expect(requests).toHaveLength(2);
  });

  it('also gives up after the time limit if fetch ignores its signal', async () => {
    const hang = () => new Promise<never>(() => {});
    const seen: AuthEvent[] = [];
    const keySet = createKeySet(
      { kind: 'jwks', url: jwksUrl },
      {
        issuer,
        fetch: hang,
        clock: { now: () => T0 },
        events: createEventSink((event) => seen.push(event)),
        timing: resolveKeyOptions({ fetchTimeoutMs: 50 }),
      },
    );
    await expect(keySet.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(seen).toEqual([{ type: 'keys.refresh_failed', issuer, cause: 'timeout', url: jwksUrl }]);
  });

  it.each([
    ['http beyond loopback', { kind: 'jwks', url: 'http://as.example.com/jwks' }],
    ['credentials', { kind: 'jwks', url: 'https://user:pw@as.example.com/jwks' }],
    ['no URL', { kind: 'jwks', url: 'as.example.com' }],
    ['no document', { kind: 'discovery', documents: [] }],
    ['a bad document', { kind: 'discovery', documents: ['https://a.example', 'http://b.example'] }],
  ] satisfies [string, KeySource][])('%s is a configuration error', (_what, source) => {
    expect(() => aKeySet({ source })).toThrow(ConfigurationError);
  });
});

describe('with discovery', () => {
  const openid = `${issuer}/.well-known/openid-configuration`;
  const source: KeySource = { kind: 'discovery', documents: [openid] };

  it('reads the metadata and then the keys, on each refresh', async () => {
    const entries = await twoKeys();
    const { find, requests, world } = aKeySet({ source });
    const answerBoth = async (from: number, jwksUri: string) => {
      requests[from]?.answer(Response.json({ issuer, jwks_uri: jwksUri }));
      await settled();
      requests[from + 1]?.answer(entries);
    };
    const first = find('a');
    await answerBoth(0, jwksUrl);
    await first;
    world.now += 10 * MIN;
    const second = find('a');
    await answerBoth(2, 'https://keys.example.com/moved');
    await second;
    expect(requests.map(({ url }) => url)).toEqual([
      openid,
      jwksUrl,
      openid,
      'https://keys.example.com/moved',
    ]);
  });

  it('metadata of another issuer is our outage, not a fault of the token', async () => {
    const { outcome, world, seen, requests } = aKeySet({ source });
    world.provider = Response.json({ issuer: `${issuer}/`, jwks_uri: jwksUrl });
    expect(await outcome('a')).toBe('keys_unavailable');
    expect(seen).toEqual([
      {
        type: 'keys.refresh_failed',
        issuer,
        cause: 'issuer_mismatch',
        url: openid,
        statedIssuer: `${issuer}/`,
        toWrite: `custom({ issuer: '${issuer}/' })`,
      },
    ]);
    expect(requests).toHaveLength(1);
  });
});

describe('ready', () => {
  it('resolves once keys are there', async () => {
    const { keySet, world, requests } = aKeySet();
    world.provider = await twoKeys();
    await expect(keySet.ready()).resolves.toBeUndefined();
    await expect(keySet.ready()).resolves.toBeUndefined();
    expect(requests).toHaveLength(1);
  });

  it('rejects with keys_unavailable when there are no keys', async () => {
    const { keySet, world } = aKeySet();
    world.provider = new Error('refused');
    await expect(keySet.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
  });

  it('stays ready with old keys', async () => {
    const { keySet, world } = await aLoadedKeySet(await twoKeys());
    world.provider = new Error('refused');
    world.now += HOUR;
    await expect(keySet.ready()).resolves.toBeUndefined();
  });

  it('rejects when the caller’s signal aborts, while the fetch continues for others', async () => {
    const entries = await twoKeys();
    const { keySet, find, requests } = aKeySet();
    const impatient = new AbortController();
    const probe = keySet.ready(impatient.signal);
    const request = find('a');
    const reason = new Error('enough');
    impatient.abort(reason);
    await expect(probe).rejects.toBe(reason);
    expect(requests[0]?.signal.aborted).toBe(false);
    requests[0]?.answer(entries);
    await expect(request).resolves.toMatchObject({ kid: 'a' });
    await expect(keySet.ready(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('close', () => {
  it('ends the running attempt, and starts no other', async () => {
    const { keySet, find, requests, types } = aKeySet({ keys: { fetchTimeoutMs: 60_000 } });
    const waiting = find('a');
    await settled();
    keySet.close();
    await expect(waiting).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(requests[0]?.signal.aborted).toBe(true);
    await expect(find('a')).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(requests).toHaveLength(1);
    expect(types()).toEqual([]);
  });

  it('keeps the current keys in use until they are too old', async () => {
    const { keySet, find, outcome, world, requests } = await aLoadedKeySet(await twoKeys());
    const key = find('a') as VerificationKey;
    keySet.close();
    world.now += HOUR;
    expect(find('a')).toBe(key);
    expect(keySet.isLive(key)).toBe(true);
    expect(await outcome('x')).toBe('key_unknown');
    world.now += 6 * HOUR;
    expect(await outcome('a')).toBe('keys_unavailable');
    expect(requests).toHaveLength(1);
  });
});

describe('with a snapshot store', () => {
  /** A store in memory; `load` and `save` can be replaced. */
  function aStore(initial?: unknown) {
    const saved: KeySnapshot[] = [];
    const store: { -readonly [Name in keyof KeySnapshotStore]: KeySnapshotStore[Name] } = {
      load: async () => initial,
      save: async (_issuer, snapshot) => {
        saved.push(snapshot);
      },
    };
    return { store, saved };
  }
  const aSnapshot = async (fetchedAtMs: number, members: object = {}) => ({
    version: 1,
    issuer,
    fetchedAtMs,
    keys: await twoKeys(),
    ...members,
  });

  it('saves each good set', async () => {
    const { store, saved } = aStore();
    const { keySet, types, world, outcome } = aKeySet({ snapshot: store });
    world.provider = await twoKeys();
    await keySet.ready();
    await settled();
    expect(types()).toEqual(['keys.refreshed', 'keys.snapshot']);
    expect(saved).toMatchObject([
      { version: 1, issuer, fetchedAtMs: T0, keys: [{ kid: 'a' }, { kid: 'b' }] },
    ]);
    world.provider = new Error('refused');
    world.now += 10 * MIN;
    await outcome('a');
    expect(saved).toHaveLength(1);
  });

  it('starts with the snapshot when the provider is down, and keeps trying', async () => {
    const { store } = aStore(await aSnapshot(T0 - HOUR));
    const { outcome, world, seen, requests, find } = aKeySet({ snapshot: store });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('a');
    expect(seen.at(-1)).toEqual({ type: 'keys.snapshot', issuer, outcome: 'loaded' });
    world.provider = [await aPublicJwk({ kid: 'a' })];
    world.now += 1_000;
    const old = find('a');
    await settled();
    expect(requests).toHaveLength(2);
    expect(await find('a')).not.toBe(old);
  });

  it('starts with the snapshot after the time limit when the provider does not answer', async () => {
    const { store } = aStore(await aSnapshot(T0 - HOUR));
    const { outcome } = aKeySet({ snapshot: store, keys: { fetchTimeoutMs: 50 } });
    expect(await outcome('a')).toBe('a');
  });

  it('prefers the provider if it answers', async () => {
    const { store } = aStore(await aSnapshot(T0 - 1));
    const { outcome, seen, world } = aKeySet({ snapshot: store });
    world.provider = [await aPublicJwk({ kid: 'c' })];
    expect(await outcome('c')).toBe('c');
    expect(await outcome('a')).toBe('key_unknown');
    expect(seen).not.toContainEqual({ type: 'keys.snapshot', issuer, outcome: 'loaded' });
  });

  it('uses the snapshot only until its keys are too old, by their own time', async () => {
    const { store } = aStore(await aSnapshot(T0 - 6 * HOUR));
    const { outcome, world } = aKeySet({ snapshot: store });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('a');
    world.now += 10 * MIN;
    expect(await outcome('a')).toBe('keys_unavailable');
  });

  it.each([
    ['is too old', async () => aSnapshot(T0 - 6 * HOUR - 10 * MIN)],
    ['is of another issuer', async () => aSnapshot(T0, { issuer: 'https://other' })],
    ['has no usable key', async () => aSnapshot(T0, { keys: [await aPrivateJwk({ kid: 'a' })] })],
    ['is from the future', async () => aSnapshot(T0 + HOUR)],
    ['is something else', async () => 'keys'],
  ])('does not use one that %s', async (_why, stored) => {
    const { store } = aStore(await stored());
    const { outcome, world, seen } = aKeySet({ snapshot: store });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('keys_unavailable');
    expect(seen).toContainEqual({ type: 'keys.snapshot', issuer, outcome: 'refused' });
  });

  it('does not ask the store while there are usable keys', async () => {
    const { store } = aStore();
    let loads = 0;
    store.load = async () => {
      loads += 1;
      return undefined;
    };
    const { outcome, world } = await aLoadedKeySet(await twoKeys(), { snapshot: store });
    world.provider = new Error('refused');
    world.now += 10 * MIN;
    expect(await outcome('a')).toBe('a');
    expect(loads).toBe(1);
  });

  it('asks the store on each attempt without keys, and emits nothing when there is no snapshot', async () => {
    const { store } = aStore();
    const { outcome, world, types } = aKeySet({ snapshot: store });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('keys_unavailable');
    expect(types()).toEqual(['keys.refresh_failed']);
    const snapshot = await aSnapshot(T0);
    store.load = async () => snapshot;
    world.now += 1_000;
    expect(await outcome('a')).toBe('a');
  });

  it.each<[string, () => Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('disk full'))],
    [
      'throws',
      () => {
        throw new Error('disk gone');
      },
    ],
  ])('with a store that %s, requests are not affected', async (_what, broken) => {
    const { store } = aStore();
    store.load = broken;
    store.save = broken;
    const { outcome, world, seen } = aKeySet({ snapshot: store });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('keys_unavailable');
    world.provider = await twoKeys();
    world.now += 1_000;
    expect(await outcome('a')).toBe('a');
    await settled();
    const failures = seen.filter((event) => event.type === 'keys.snapshot');
    expect(failures.map(({ outcome: what }) => what)).toEqual(['failed', 'failed', 'failed']);
  });

  it('with a store that does not answer, no request waits beyond the time limit, and one save runs at a time', async () => {
    const { store } = aStore();
    let saves = 0;
    store.load = () => new Promise(() => {});
    store.save = () => {
      saves += 1;
      return new Promise(() => {});
    };
    const { outcome, world } = aKeySet({ snapshot: store, keys: { fetchTimeoutMs: 50 } });
    world.provider = new Error('refused');
    expect(await outcome('a')).toBe('keys_unavailable');
    world.provider = await twoKeys();
    world.now += 1_000;
    expect(await outcome('a')).toBe('a');
    world.now += 10 * MIN;
    expect(await outcome('a')).toBe('a');
    expect(saves).toBe(1);
  });
});

describe('after an attempt', () => {
  it('no timer and no listener is left', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { keySet, world } = await aLoadedKeySet(await twoKeys());
      expect(vi.getTimerCount()).toBe(0);
      world.now += 11 * MIN;
      world.provider = new Error('down');
      await keySet.ready();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the limits of a fetched set', () => {
  it('are the configured ones', async () => {
    const { outcome } = await aLoadedKeySet(await twoKeys(), { keys: { maxKeys: 1 } });
    expect(await outcome('a')).toBe('a');
    expect(await outcome('b')).toBe('key_unknown');
  });

  it('apply to a snapshot, too', async () => {
    const snapshot: KeySnapshotStore = {
      load: async () => ({ version: 1, issuer, fetchedAtMs: T0, keys: await twoKeys() }),
      save: async () => {},
    };
    const { outcome, world } = aKeySet({ keys: { maxKeys: 1 }, snapshot });
    world.provider = new Error('down');
    expect(await outcome('a')).toBe('a');
    expect(await outcome('b')).toBe('keys_unavailable');
  });
});

describe('a snapshot without a usable key', () => {
  it('is not used: the outage continues', async () => {
    const snapshot: KeySnapshotStore = {
      load: async () => ({ version: 1, issuer, fetchedAtMs: T0, keys: [await aPrivateJwk()] }),
      save: async () => {},
    };
    const { keySet, outcome, world, seen } = aKeySet({ snapshot });
    world.provider = new Error('down');
    expect(await outcome('a')).toBe('keys_unavailable');
    expect(await outcome('a')).toBe('keys_unavailable');
    await expect(keySet.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    expect(seen).toContainEqual({ type: 'keys.snapshot', issuer, outcome: 'refused' });
  });
});

describe('a failure while the keys are fresh', () => {
  it('is reported as a failure, and not as old keys', async () => {
    const { find, world, types } = await aLoadedKeySet(await twoKeys());
    world.now += 9 * MIN;
    world.provider = new Error('down');
    await find('a');
    await settled();
    expect(types()).toEqual(['keys.refresh_failed']);
    world.now += 2 * MIN;
    await find('a');
    await settled();
    expect(types()).toEqual(['keys.refresh_failed', 'keys.stale']);
  });
});

describe('a token without kid', () => {
  it('causes a fetch if no key fits it, also if there is a key without kid', async () => {
    const { keySet, requests, world } = await aLoadedKeySet([await aPublicJwk({}, 'RS256')]);
    world.provider = [await aPublicJwk()];
    const found = await keySet.find({ algorithm: 'ES256', kid: undefined });
    expect(found.algorithms).toEqual(['ES256']);
    expect(requests).toHaveLength(2);
  });

  describe('whose signature the only fitting key does not verify', () => {
    const query = { algorithm: 'ES256', kid: undefined } as const;

    async function failing() {
      const world = await aLoadedKeySet([await aPublicJwk()]);
      const failed = await world.keySet.find(query);
      const again = () => world.keySet.find({ ...query, failed });
      return { ...world, failed, again };
    }

    it('gets the key that replaced it, after one fetch', async () => {
      const { again, failed, keySet, requests, world } = await failing();
      world.provider = [await aPublicJwk()];
      const [one, other] = await Promise.all([again(), again()]);
      expect(one).not.toBe(failed);
      expect(other).toBe(one);
      expect(keySet.isLive(failed)).toBe(false);
      expect(requests).toHaveLength(2);
      // A request that failed with the earlier key now finds the new one.
      expect(again()).toBe(one);
    });

    it('counts as one with an unknown key while the key is still the same: three fetches and then one per cool-down', async () => {
      const { again, requests, world } = await failing();
      for (let n = 0; n < 10; n += 1) {
        await expect(again()).rejects.toMatchObject({ reason: 'key_unknown' });
      }
      expect(requests).toHaveLength(1 + 3);
      world.now += 5_000;
      await expect(again()).rejects.toMatchObject({ reason: 'key_unknown' });
      expect(requests).toHaveLength(1 + 3 + 1);
    });

    it('is not tried with a second of two keys, because nothing says which one is meant', async () => {
      const { again, world } = await failing();
      world.provider = [await aPublicJwk({ kid: 'a' }), await aPublicJwk({ kid: 'b' })];
      await expect(again()).rejects.toMatchObject({ reason: 'key_unknown' });
    });

    it('may belong to a replaced key while the provider fails, so that is an outage', async () => {
      const { again, failed, keySet, world } = await failing();
      world.provider = new Error('down');
      await expect(again()).rejects.toMatchObject({ reason: 'keys_unavailable' });
      expect(keySet.find(query)).toBe(failed);
    });
  });
});

describe('the words of failures', () => {
  const causeOf = async (keySet: { ready(): Promise<void> }) =>
    keySet.ready().catch((error: unknown) => (isAuthError(error) ? error.cause : error));

  it('say what happened', async () => {
    const empty = aKeySet();
    empty.world.provider = [];
    expect(await causeOf(empty.keySet)).toMatchObject({
      message: `The key set has no usable key: it is empty (${jwksUrl})`,
    });

    const slow = aKeySet({ keys: { fetchTimeoutMs: 50 } });
    expect(await causeOf(slow.keySet)).toMatchObject({
      failure: 'timeout',
      message: `The provider took too long (${jwksUrl})`,
    });

    const closed = aKeySet();
    const waiting = causeOf(closed.keySet);
    closed.keySet.close();
    expect(await waiting).toMatchObject({
      failure: 'network',
      message: `The key set was closed (${jwksUrl})`,
    });

    const junk = aKeySet();
    junk.world.provider = Response.json({ keys: 'x' });
    expect(await causeOf(junk.keySet)).toMatchObject({
      message: `The response is not a JWK set (${jwksUrl})`,
    });
  });
});
