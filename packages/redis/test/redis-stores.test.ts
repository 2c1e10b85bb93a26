import { ConfigurationError } from '@authly/core';
import { nodeRedis, type RedisStoresOptions, redisStores } from '@authly/redis';
import { fakeClock } from '@authly/testing';
import { type RevocationsUnderTest, revocationStoreContract } from '@authly/testing/contracts';
import { describe, expect, it, vi } from 'vitest';
import { fakeRedis } from './fake-redis.ts';

const signal = new AbortController().signal;
const command = async () => null;

describe('revocations that follow', () => {
  for (const { name, run } of revocationStoreContract((settings): RevocationsUnderTest => {
    const clock = fakeClock();
    const redis = fakeRedis(clock);
    const open = () => {
      const follow = { command: redis.connect(), maxLagSec: 300 };
      return redisStores({ command: redis.connect(), prefix: 'a', clock, follow, ...settings });
    };
    const [one, two] = [open(), open()];
    return {
      revocations: one.revocations,
      other: two.revocations,
      clock,
      async advance(ms) {
        clock.advance(ms);
        redis.wake();
        await new Promise((resolve) => setImmediate(resolve));
      },
      seenWithinMs: 1_000,
      close() {
        one.close();
        two.close();
        redis.wake();
      },
    };
  })) {
    it(name, run);
  }
});

describe('stores', () => {
  it('keep everything below their prefix', async () => {
    const clock = fakeClock();
    const redis = fakeRedis(clock);
    const stores = redisStores({ command: redis.connect(), prefix: 'orders', clock });
    expect(redis.sent).toEqual([]);
    await stores.replay.reserve('id', { ttlMs: 1_000, signal });
    await stores.introspections.set('id', Uint8Array.of(1), 1_000);
    await stores.revocations.revokePrincipal('user:ada');
    expect(redis.keys().length).toBe(6);
    expect(redis.keys().every((key) => /^\{?orders:1:/.test(key))).toBe(true);
    const others = redisStores({ command: redis.connect(), prefix: 'billing', clock });
    await expect(others.replay.reserve('id', { ttlMs: 1_000, signal })).resolves.toBe(true);
    await expect(others.introspections.get('id')).resolves.toBeUndefined();
    await expect(others.revocations.list()).resolves.toEqual([]);
    stores.close();
  });

  it('remember marks for as long as they are told, a day by default', () => {
    const { revocations } = redisStores({ command, prefix: 'a' });
    expect([revocations.retainSec, revocations.toleranceSec]).toEqual([86_400, 5]);
    const longer = redisStores({ command, prefix: 'a', retainSec: 60, toleranceSec: 9 });
    expect([longer.revocations.retainSec, longer.revocations.toleranceSec]).toEqual([60, 9]);
  });

  it('share one limit of commands, and end each command in time', async () => {
    const silent = () => new Promise(() => {});
    const stores = redisStores({ command: silent, prefix: 'a', timeoutMs: 20, maxInFlight: 2 });
    const both = [stores.introspections.get('a'), stores.replay.reserve('a', { ttlMs: 1, signal })];
    await expect(stores.revocations.list()).rejects.toThrow(
      '2 commands are waiting for Redis already',
    );
    for (const each of both) await expect(each).rejects.toThrow('Redis took too long');
  });

  it('wait for a quarter of a second and send a thousand commands at a time, by default', async () => {
    vi.useFakeTimers();
    try {
      const stores = redisStores({ command: () => new Promise(() => {}), prefix: 'a' });
      const failed = vi.fn();
      for (let count = 0; count < 1_000; count++) stores.introspections.get('a').then(null, failed);
      await expect(stores.introspections.get('a')).rejects.toThrow('1000 commands are waiting');
      await vi.advanceTimersByTimeAsync(249);
      expect(failed).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(failed).toHaveBeenCalledTimes(1_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are ready when the server fits and the marks are loaded', async () => {
    const redis = fakeRedis(fakeClock());
    const asking = redisStores({ command: redis.connect(), prefix: 'a' });
    await asking.ready();
    expect(redis.sent.map(([name]) => name)).toEqual(['SET', 'CONFIG', 'CONFIG', 'SET']);
    redis.before = ([name]) => {
      if (name === 'EVAL') throw new Error('no marks');
    };
    const follow = { command: redis.connect() };
    const following = redisStores({ command: redis.connect(), prefix: 'a', follow });
    await expect(following.ready()).rejects.toThrow('no marks');
    redis.before = undefined;
    await expect.poll(() => following.ready().then(() => true)).toBe(true);
    following.close();
    redis.wake();
    redis.settings.set('maxmemory', '1').set('maxmemory-policy', 'allkeys-lru');
    await expect(asking.ready()).rejects.toThrow(ConfigurationError);
  });

  it('wait longer for a command that waits at the server, and then give up', async () => {
    vi.useFakeTimers();
    try {
      const clock = fakeClock();
      const redis = fakeRedis(clock);
      const send = redis.connect();
      let hangs = false;
      const own = vi.fn((args: readonly string[], key: string) =>
        hangs ? new Promise(() => {}) : send(args, key),
      );
      const follow = { command: own };
      const stores = redisStores({ command: send, prefix: 'a', clock, follow, timeoutMs: 50 });
      await stores.ready();
      hangs = true;
      await vi.advanceTimersByTimeAsync(1_000);
      own.mockClear();
      // A read of the last entry that hangs takes 1,050 ms, and a pause of 100 ms follows.
      await vi.advanceTimersByTimeAsync(1_149);
      expect(own).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1);
      expect(own).toHaveBeenCalledTimes(1);
      // Reads that the client has not settled are counted, and at most eight are sent.
      await vi.advanceTimersByTimeAsync(40_000);
      expect(own.mock.calls.length).toBe(7);
      stores.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuse if the server has not answered for ten seconds, or for the configured time', async () => {
    for (const maxLagSec of [undefined, 20]) {
      const clock = fakeClock();
      const redis = fakeRedis(clock);
      const follow = { command: redis.connect(), maxLagSec };
      const stores = redisStores({ command: redis.connect(), prefix: 'a', clock, follow });
      await stores.ready();
      const ask = () => stores.revocations.isRevoked(aQuery(), { signal });
      clock.advanceSec(maxLagSec ?? 10);
      expect(ask()).toBe(false);
      clock.advance(1);
      expect(ask).toThrow('maxLagSec');
      stores.close();
      redis.wake();
    }
  });
});

function aQuery() {
  const none = undefined;
  return {
    issuers: [],
    ...{ tokenId: none, sessionId: none, subject: none, clientId: none, issuedAt: none },
    tokenDigest: 'a',
    principalKey: 'user:b',
    expiresAt: 1,
  };
}

describe('options', () => {
  const good: RedisStoresOptions = { command, prefix: 'a' };

  it.each<readonly [object, RegExp]>([
    [{ command: undefined }, /command must be a function.*nodeRedis\(client\)/],
    [{ command: {} }, /: command must be a function.*Write: redisStores\(\{ command/],
    [{ prefix: '' }, /prefix must have/],
    [{ timeoutMs: 0 }, /timeoutMs must be a whole number from 1 to 60000\. Write: timeoutMs: 250$/],
    [{ timeoutMs: 60_001 }, /timeoutMs/],
    [{ timeoutMs: 1.5 }, /timeoutMs/],
    [{ timeoutMs: '250' }, /timeoutMs/],
    [{ maxInFlight: 0 }, /maxInFlight must be a whole number from 1 to 1000000\. Write: .*: 1000$/],
    [{ maxInFlight: 1_000_001 }, /maxInFlight/],
    [{ maxMarks: 0 }, /maxMarks must be a whole number from 1 to .*Write: maxMarks: 1000000$/],
    [{ maxMarks: 1.5 }, /maxMarks/],
    [{ retainSec: 0 }, /redisStores\(\): retainSec/],
    [{ toleranceSec: -1 }, /toleranceSec/],
    [{ timeout: 1 }, /has no option "timeout".*command, prefix/],
    [{ follow: { command: undefined } }, /follow\.command must be a function.*Write: follow: \{/],
    [{ follow: { command: async () => null, maxLagSec: 1 } }, /2 to 300\. Write: maxLagSec: 10$/],
    [{ follow: { command: async () => null, maxLagSec: 301 } }, /follow\.maxLagSec/],
    [{ follow: { command: async () => null, lag: 1 } }, /follow has no option "lag"/],
    [{ follow: true }, /follow takes an object/],
    [{ follow: { command } }, /same client as command.*client\.duplicate\(\)/],
  ])('%o are refused, with the line to write', (wrong, message) => {
    const open = () => redisStores({ ...good, ...wrong });
    expect(open).toThrow(ConfigurationError);
    expect(open).toThrow(message);
  });

  it('are accepted at their limits', () => {
    for (const at of [
      { timeoutMs: 1, maxInFlight: 1, maxMarks: 1 },
      { timeoutMs: 60_000, maxInFlight: 1_000_000 },
    ]) {
      redisStores({ ...good, ...at }).close();
    }
    for (const maxLagSec of [2, 300]) {
      redisStores({ ...good, follow: { command: async () => [], maxLagSec } }).close();
    }
  });

  it('do not accept one client both for following and for commands', () => {
    const client = { sendCommand: vi.fn(async () => null) };
    const follow = { command: nodeRedis(client) };
    expect(() => redisStores({ command: nodeRedis(client), prefix: 'a', follow })).toThrow(
      'uses the same client as command',
    );
  });

  it('are checked before anything is sent', () => {
    const own = vi.fn(async () => null);
    const follow = { command: own };
    expect(() => redisStores({ ...good, follow, retainSec: 0 })).toThrow('retainSec');
    expect(() => redisStores({ ...good, follow, prefix: '' })).toThrow('prefix');
    expect(own).not.toHaveBeenCalled();
  });
});
