import { redisStores } from '@authly/redis';
import { fakeClock } from '@authly/testing';
import { replayStoreContract, revocationStoreContract } from '@authly/testing/contracts';
import { describe, it } from 'vitest';
import { fakeRedis } from './fake-redis.ts';

describe('over a server in this process', () => {
  for (const { name, run } of replayStoreContract(() => {
    const clock = fakeClock();
    const redis = fakeRedis(clock);
    const open = () => redisStores({ command: redis.connect(), prefix: 'a', clock }).replay;
    return { store: open(), other: open(), advance: (ms) => clock.advance(ms) };
  }))
    it(`replay: ${name}`, run);
  for (const follow of [false, true]) {
    for (const { name, run } of revocationStoreContract((settings) => {
      const clock = fakeClock();
      const redis = fakeRedis(clock);
      const open = () =>
        redisStores({
          command: redis.connect(),
          prefix: 'a',
          clock,
          ...settings,
          ...(follow && { follow: { command: redis.connect(), maxLagSec: 300 } }),
        });
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
        seenWithinMs: follow ? 1_000 : 0,
        close() {
          one.close();
          two.close();
        },
      };
    }))
      it(`revocations, ${follow ? 'follow' : 'ask'}: ${name}`, run);
  }
});
