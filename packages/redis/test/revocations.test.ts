import type { RevocationQuery } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { revocationStoreContract } from '@authly/testing/contracts';
import { describe, expect, it } from 'vitest';
import type { Follower } from '../src/follower.ts';
import { keyNames } from '../src/key-names.ts';
import { createMarkMirror } from '../src/mark-mirror.ts';
import { createMarkTable } from '../src/mark-table.ts';
import { redisRevocations } from '../src/revocations.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');
const options = { signal: new AbortController().signal };

function aToken(issuers: readonly string[] = ['https://as.example.com']): RevocationQuery {
  return {
    issuers,
    tokenId: 'id',
    tokenDigest: 'digest',
    sessionId: 'session',
    subject: 'ada',
    principalKey: 'user:ada',
    clientId: 'app',
    issuedAt: 1_000,
    expiresAt: 2_000,
  };
}

/** A follower with a state that the test sets. */
function aState(seenAt: number) {
  let loading: Promise<void> = Promise.resolve();
  const state = {
    isLoaded: true as boolean,
    seenAt,
    reloads: 0,
    loaded: () => loading,
    reload() {
      state.reloads += 1;
    },
    close() {},
  } satisfies Follower & { reloads: number };
  const load = (outcome: Promise<void>) => {
    state.isLoaded = false;
    loading = outcome;
  };
  return { state, load };
}

function setUp(follows: boolean) {
  const clock = fakeClock();
  const redis = fakeRedis(clock);
  const send = redis.connect();
  const table = createMarkTable(async (...given) => await send(...given), {
    names,
    clock,
    maxMarks: 1_000_000,
  });
  const { state: follower, load } = aState(clock.now());
  const mirror = createMarkMirror(clock);
  const open = () =>
    redisRevocations({
      table,
      followed: follows ? { mirror, follower, maxLagSec: 10 } : undefined,
      options: { clock },
    });
  return { clock, redis, mirror, follower, load, open };
}

describe('revocations that ask', () => {
  for (const { name, run } of revocationStoreContract((settings) => {
    const clock = fakeClock();
    const send = fakeRedis(clock).connect();
    const table = createMarkTable(async (...given) => await send(...given), {
      names,
      clock,
      maxMarks: 1_000_000,
    });
    const open = () =>
      redisRevocations({ table, followed: undefined, options: { clock, ...settings } });
    return { revocations: open(), other: open(), clock, advance: (ms) => clock.advance(ms) };
  })) {
    it(name, run);
  }

  it('send one command for a token with any claims, also if its issuer has several spellings', async () => {
    const { redis, open } = setUp(false);
    await open().isRevoked(aToken(), options);
    await open().isRevoked(aToken(['https://as.example.com', 'as.example.com']), options);
    expect(redis.sent.map(([name, , ...fields]) => [name, fields.length])).toEqual([
      ['HMGET', 7],
      ['HMGET', 12],
    ]);
    expect(redis.sent[0]?.[2]).toMatch(/^token:[\w-]{43}$/);
  });

  it('have no subscribe, since this process does not follow the log', () => {
    expect(setUp(false).open().subscribe).toBeUndefined();
  });

  it('reject if the server does', async () => {
    const { redis, open } = setUp(false);
    redis.before = () => Promise.reject(new Error('READONLY'));
    const revocations = open();
    await expect(revocations.isRevoked(aToken(), options)).rejects.toThrow('READONLY');
    await expect(revocations.revokePrincipal('user:ada')).rejects.toThrow('READONLY');
    await expect(
      revocations.clear({ kind: 'principal', principalKey: 'user:a' }),
    ).rejects.toThrow();
    await expect(revocations.list()).rejects.toThrow('READONLY');
  });

  it('reject if a mark is damaged', async () => {
    const { redis, open } = setUp(false);
    const { id } = await open().revokePrincipal('user:ada');
    redis.hash(names.marks).set(`principal:${id}`, 'damaged');
    await expect(open().isRevoked(aToken(), options)).rejects.toThrow('damaged');
  });

  it('name the function in the error for a wrong option', () => {
    const { clock } = setUp(false);
    const table = createMarkTable(async () => null, { names, clock, maxMarks: 1_000_000 });
    const wrong = { clock, retainSec: 0 };
    expect(() => redisRevocations({ table, followed: undefined, options: wrong })).toThrow(
      'redisStores(): retainSec',
    );
  });

  it('report that an expired mark did not exist', async () => {
    const { clock, open } = setUp(false);
    const revocations = open();
    const mark = await revocations.revokePrincipal('user:ada');
    clock.set(mark.keptUntil * 1_000);
    await expect(revocations.clear(mark)).resolves.toBe(false);
    const other = await revocations.revokePrincipal('user:ada');
    clock.set(other.keptUntil * 1_000 - 1);
    await expect(revocations.clear(other)).resolves.toBe(true);
  });
});

describe('revocations that follow', () => {
  it('answer at once from the copy, and send nothing', async () => {
    const { redis, open } = setUp(true);
    const revocations = open();
    expect(revocations.isRevoked(aToken(), options)).toBe(false);
    expect(redis.sent).toEqual([]);
  });

  it('know at once the marks that this process has made and cleared', async () => {
    const { open } = setUp(true);
    const revocations = open();
    const heard: string[] = [];
    revocations.subscribe?.(({ id }) => heard.push(id));
    const mark = await revocations.revokePrincipal('user:ada', { issuedBefore: 1_000 });
    expect(revocations.isRevoked(aToken(), options)).toBe(true);
    expect(heard).toEqual([mark.id]);
    await expect(revocations.clear(mark)).resolves.toBe(true);
    expect(revocations.isRevoked(aToken(), options)).toBe(false);
  });

  it('know at once the marks that this process has made, also if a server with a slow clock took over', async () => {
    const { clock, mirror, follower, open } = setUp(true);
    const revocations = open();
    await revocations.clear({ kind: 'principal', principalKey: 'user:nobody' });
    mirror.replace([], `${clock.now() + 2_000}-0`);
    expect(follower.reloads).toBe(0);
    const mark = await revocations.revokePrincipal('user:ada', { issuedBefore: 1_000 });
    expect(revocations.isRevoked(aToken(), options)).toBe(true);
    // The copy was loaded from the former server.
    expect(follower.reloads).toBe(1);
    await revocations.clear(mark);
    expect(follower.reloads).toBe(2);
  });

  it('reject if the server has not answered for longer than maxLagSec, whichever way the clock was set', () => {
    const { clock, follower, open } = setUp(true);
    const revocations = open();
    for (const ms of [10_000, -10_000]) {
      follower.seenAt = clock.now() + ms;
      expect(revocations.isRevoked(aToken(), options)).toBe(false);
      follower.seenAt = clock.now() + ms + Math.sign(ms);
      expect(() => revocations.isRevoked(aToken(), options)).toThrow(
        'Redis has sent nothing for longer than maxLagSec',
      );
    }
  });

  it('wait for the first load, and reject when it fails', async () => {
    const { load, open } = setUp(true);
    const revocations = open();
    let fulfill = () => {};
    load(
      new Promise((resolve) => {
        fulfill = resolve;
      }),
    );
    const answer = revocations.isRevoked(aToken(), options);
    expect(answer).toBeInstanceOf(Promise);
    fulfill();
    await expect(answer).resolves.toBe(false);
    load(Promise.reject(new Error('down')));
    await expect(revocations.isRevoked(aToken(), options)).rejects.toThrow('down');
  });
});
