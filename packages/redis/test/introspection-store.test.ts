import { fakeClock } from '@authly/testing';
import { introspectionStoreContract } from '@authly/testing/contracts';
import { describe, expect, it, vi } from 'vitest';
import { redisIntrospectionStore } from '../src/introspection-store.ts';
import { keyNames } from '../src/key-names.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');

describe('the store of introspection answers', () => {
  for (const { name, run } of introspectionStoreContract(() => {
    const clock = fakeClock();
    const redis = fakeRedis(clock);
    const open = () =>
      redisIntrospectionStore(async (...given) => await redis.connect()(...given), names);
    return { store: open(), other: open(), advance: (ms) => clock.advance(ms) };
  })) {
    it(name, run);
  }

  it('sends one command for each call, with a time in whole milliseconds that is never too long', async () => {
    const command = vi.fn(async (..._given: readonly unknown[]) => null);
    const store = redisIntrospectionStore(command, names);
    await store.set('id', Uint8Array.of(0, 255), 1_999.9);
    await store.get('id');
    expect(command.mock.calls).toEqual([
      [['SET', 'a:1:i:id', 'AP8=', 'PX', '1999'], 'a:1:i:id'],
      [['GET', 'a:1:i:id'], 'a:1:i:id'],
    ]);
    await store.set('id', Uint8Array.of(1), 1);
    expect(command).toHaveBeenCalledTimes(3);
  });

  it.each([0.9, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'stores nothing if the time to live is %s ms',
    async (ttlMs) => {
      const command = vi.fn(async () => null);
      await redisIntrospectionStore(command, names).set('id', Uint8Array.of(1), ttlMs);
      expect(command).not.toHaveBeenCalled();
    },
  );

  it('returns the bytes of any text that it finds, and rejects everything else', async () => {
    const found = async (reply: unknown) =>
      redisIntrospectionStore(async () => reply, names).get('id');
    expect(await found('not base64 at all: ä')).toBeInstanceOf(Uint8Array);
    expect(await found(null)).toBeUndefined();
    await expect(found(7)).rejects.toThrow('Redis answered GET');
  });
});
