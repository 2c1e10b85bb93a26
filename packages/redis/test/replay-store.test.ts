import { fakeClock } from '@authly/testing';
import { replayStoreContract } from '@authly/testing/contracts';
import { describe, expect, it, vi } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { redisReplayStore } from '../src/replay-store.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');
const signal = new AbortController().signal;

describe('the replay store', () => {
  for (const { name, run } of replayStoreContract(() => {
    const clock = fakeClock();
    const redis = fakeRedis(clock);
    const open = () => redisReplayStore(async (...given) => await redis.connect()(...given), names);
    return { store: open(), other: open(), advance: (ms) => clock.advance(ms) };
  })) {
    it(name, run);
  }

  it('sends one command, with a time in whole milliseconds that is never too short', async () => {
    const command = vi.fn(async (..._given: readonly unknown[]) => null);
    await redisReplayStore(command, names).reserve('id', { ttlMs: 1_000.2, signal });
    expect(command.mock.calls).toEqual([
      [['SET', 'a:1:r:id', expect.any(String), 'PX', '1001', 'NX', 'GET'], 'a:1:r:id'],
    ]);
  });

  it('accepts a reply that names its own reservation, and refuses one that names another', async () => {
    const owners: string[] = [];
    let answer = (owner: string) => owner;
    const command = async ([, , owner = '']: readonly string[]) => {
      owners.push(owner);
      return answer(owner);
    };
    const [store, other] = [redisReplayStore(command, names), redisReplayStore(command, names)];
    // Its reply was lost, and the client sent the command again.
    await expect(store.reserve('id', { ttlMs: 1, signal })).resolves.toBe(true);
    answer = () => owners[0] ?? '';
    await expect(store.reserve('id', { ttlMs: 1, signal })).resolves.toBe(false);
    await expect(other.reserve('id', { ttlMs: 1, signal })).resolves.toBe(false);
    expect(new Set(owners).size).toBe(3);
    expect(owners.every((owner) => /^[\w-]{22}\.[0-9a-z]+$/.test(owner))).toBe(true);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a ttlMs of %s', async (ttlMs) => {
    const command = vi.fn(async () => null);
    const store = redisReplayStore(command, names);
    await expect(store.reserve('id', { ttlMs, signal })).rejects.toThrow(RangeError);
    await expect(store.reserve('id', { ttlMs, signal })).rejects.toThrow(
      'ttlMs must be a number of milliseconds above 0',
    );
    expect(command).not.toHaveBeenCalled();
  });

  it.each([1, true, [], {}])('treats the reply %j as an outage', async (reply) => {
    const store = redisReplayStore(async () => reply, names);
    await expect(store.reserve('id', { ttlMs: 1, signal })).rejects.toThrow('Redis answered SET');
  });

  it.each(['OOM command not allowed', 'READONLY You can’t write', 'NOAUTH', 'LOADING'])(
    'treats the error %s as an outage',
    async (message) => {
      const store = redisReplayStore(() => Promise.reject(new Error(message)), names);
      await expect(store.reserve('id', { ttlMs: 1, signal })).rejects.toThrow(message);
    },
  );
});
