import type { RevocationMark } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BLOCK_MS, type Follower, startFollower } from '../src/follower.ts';
import { keyNames } from '../src/key-names.ts';
import { createMarkLog } from '../src/mark-log.ts';
import type { MarkMirror } from '../src/mark-mirror.ts';
import { READ_MARKS } from '../src/mark-scripts.ts';
import { createMarkTable } from '../src/mark-table.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');

let followers: Follower[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const each of followers) each.close();
  followers = [];
  vi.useRealTimers();
});

/** The calls that a copy of the marks gets. */
function aMirror() {
  const told: string[] = [];
  const mirror: Pick<MarkMirror, 'follow' | 'replace' | 'sweep'> = {
    follow: (_at, change) => void told.push(`follow ${change?.key.id}`),
    replace: (marks) => void told.push(`replace ${[...marks].map(({ id }) => id).join(' ')}`),
    sweep: () => void told.push('sweep'),
  };
  return { told, mirror: mirror as MarkMirror };
}

async function aFollower() {
  const clock = fakeClock();
  const redis = fakeRedis(clock);
  const write = redis.connect();
  const table = createMarkTable(async (...given) => await write(...given), {
    names,
    clock,
    maxMarks: 1_000_000,
  });
  const keep = async (id: string) => {
    await table.keep(aMark(id));
    await settle();
  };
  await keep('first');
  const read = redis.connect();
  const reads: string[] = [];
  const log = createMarkLog(async (args, key) => {
    reads.push(args[0] ?? '');
    return await read(args, key);
  }, names);
  const { told, mirror } = aMirror();
  const start = () => {
    const follower = startFollower({ log, table, mirror, clock });
    followers.push(follower);
    return follower;
  };
  return { clock, redis, table, keep, told, reads, start };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function aMark(id: string): RevocationMark {
  return { kind: 'subject', id, issuedBefore: 1, keptUntil: 9_000_000_000 };
}

describe('a follower', () => {
  it('loads all marks, then hears of each as it is made', async () => {
    const { clock, keep, told, start } = await aFollower();
    const follower = start();
    expect(follower.isLoaded).toBe(false);
    expect(follower.seenAt).toBe(Number.NEGATIVE_INFINITY);
    await follower.loaded();
    expect(follower.isLoaded).toBe(true);
    expect(follower.seenAt).toBe(clock.now());
    expect(told.splice(0)).toEqual(['replace first', 'sweep']);
    clock.advance(5);
    await keep('second');
    expect(told.splice(0)).toEqual(['follow second', 'sweep']);
    expect(follower.seenAt).toBe(clock.now());
    await keep('third');
    expect(told).toEqual(['follow third', 'sweep']);
  });

  it('begins where there is no mark yet', async () => {
    const { redis, keep, told, start } = await aFollower();
    redis.loseAll();
    await start().loaded();
    await vi.advanceTimersByTimeAsync(3 * BLOCK_MS);
    await keep('second');
    expect(told.filter((each) => each !== 'sweep')).toEqual(['replace ', 'follow second']);
  });

  it('gets a mark that is made while it loads', async () => {
    const { redis, table, told, start } = await aFollower();
    redis.before = async ([_name, script]) => {
      if (script !== READ_MARKS) return;
      redis.before = undefined;
      await table.keep(aMark('meanwhile'));
    };
    await start().loaded();
    await settle();
    expect(told.filter((each) => each !== 'sweep')).toEqual([
      'replace first meanwhile',
      'follow meanwhile',
    ]);
  });

  it('asks an idle server each second, to know that it is there', async () => {
    const { clock, told, reads, start } = await aFollower();
    const follower = start();
    await follower.loaded();
    told.length = 0;
    reads.length = 0;
    for (let count = 0; count < 3; count++) {
      clock.advance(BLOCK_MS);
      await vi.advanceTimersByTimeAsync(BLOCK_MS);
      expect(follower.seenAt).toBe(clock.now());
    }
    expect(told).toEqual(['sweep', 'sweep', 'sweep']);
    expect(reads.slice(0, 4)).toEqual(['XREAD', 'XREVRANGE', 'XREAD', 'XREVRANGE']);
  });

  it('loads again when the server has lost the end of the log, also if nothing else happens', async () => {
    const { redis, keep, told, start } = await aFollower();
    await keep('second');
    await start().loaded();
    told.length = 0;
    redis.loseLog(1);
    await vi.advanceTimersByTimeAsync(BLOCK_MS);
    expect(told).toEqual(['replace first second', 'sweep']);
  });

  it('loads again when the server lost everything', async () => {
    const { redis, told, start } = await aFollower();
    await start().loaded();
    told.length = 0;
    redis.loseAll();
    await vi.advanceTimersByTimeAsync(BLOCK_MS);
    expect(told).toEqual(['replace ', 'sweep']);
  });

  it('loads again when an entry is missing between the last one and the next', async () => {
    const { redis, keep, told, start } = await aFollower();
    await keep('second');
    await start().loaded();
    told.length = 0;
    // Another server with fewer entries took over, and writes new ones.
    redis.loseLog(1);
    await keep('third');
    await keep('fourth');
    expect(told).toEqual(['replace first second third', 'sweep', 'follow fourth', 'sweep']);
  });

  it('loads again, once, when it is told to', async () => {
    const { keep, told, start } = await aFollower();
    const follower = start();
    await follower.loaded();
    await settle();
    told.length = 0;
    follower.reload();
    await keep('second');
    await keep('third');
    expect(told).toEqual([
      ...['follow second', 'sweep', 'replace first second', 'sweep', 'follow third', 'sweep'],
    ]);
  });

  it('goes on reading when an entry comes between the read and the check of the last entry', async () => {
    const { redis, table, told, reads, start } = await aFollower();
    const follower = start();
    await follower.loaded();
    told.length = 0;
    redis.before = async ([name]) => {
      if (name !== 'XREVRANGE') return;
      redis.before = undefined;
      await table.keep(aMark('between'));
    };
    await vi.advanceTimersByTimeAsync(BLOCK_MS);
    expect(told).toEqual(['follow between', 'sweep']);
    expect(reads.filter((each) => each === 'XREVRANGE')).toHaveLength(2);
  });

  it('says why it cannot load, and tries again after a pause that grows to a second', async () => {
    const { redis, start } = await aFollower();
    let attempts = 0;
    redis.before = () => {
      attempts += 1;
      throw new Error('down');
    };
    const follower = start();
    await expect(follower.loaded()).rejects.toThrow('down');
    const seen: number[] = [];
    for (let elapsed = 0; elapsed < 4_000; elapsed += 50) {
      await vi.advanceTimersByTimeAsync(50);
      if (attempts > seen.length + 1) seen.push(elapsed + 50);
    }
    // 100, 200, 400 and 800 ms later, then each second.
    expect(seen).toEqual([100, 300, 700, 1_500, 2_500, 3_500]);
    const next = follower.loaded();
    next.catch(() => {});
    redis.before = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    await expect(next).resolves.toBeUndefined();
    expect(follower.isLoaded).toBe(true);
  });

  it('keeps its copy in an outage, reports how long it has heard nothing, and then goes on', async () => {
    const { clock, redis, keep, told, start } = await aFollower();
    const follower = start();
    await follower.loaded();
    const seenAt = follower.seenAt;
    redis.before = ([name]) => {
      if (name === 'XREAD' || name === 'XREVRANGE') throw new Error('down');
    };
    redis.wake();
    await settle();
    clock.advance(5_000);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([follower.isLoaded, follower.seenAt]).toEqual([true, seenAt]);
    await expect(follower.loaded()).resolves.toBeUndefined();
    told.length = 0;
    await keep('meanwhile');
    redis.before = undefined;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told).toEqual(['follow meanwhile', 'sweep']);
    expect(follower.seenAt).toBe(clock.now());
    // The pause is short again the next time.
    redis.before = ([name]) => {
      if (name !== 'XREAD') return;
      redis.before = undefined;
      throw new Error('a moment');
    };
    redis.wake();
    await keep('later');
    await vi.advanceTimersByTimeAsync(200);
    expect(told.at(-2)).toBe('follow later');
  });

  it('sends no waiting read after a failure, until the server has answered again', async () => {
    const { redis, start } = await aFollower();
    const blocks: boolean[] = [];
    const follower = start();
    await follower.loaded();
    let fails = true;
    redis.before = ([name, ...args]) => {
      if (name !== 'XREAD') return;
      blocks.push(args.includes('BLOCK'));
      if (fails) throw new Error('down');
    };
    redis.wake();
    await settle();
    await vi.advanceTimersByTimeAsync(300);
    fails = false;
    await vi.advanceTimersByTimeAsync(400);
    expect(blocks).toEqual([true, false, false, false, true]);
  });

  it.each([
    ['the last entry', 'XREVRANGE', 0],
    ['new entries', 'XREAD', BLOCK_MS],
  ])(
    'counts its age from the question, if the answer with %s waited in a blocked process',
    async (_what, command, mostMs) => {
      const { clock, redis, keep, start } = await aFollower();
      const follower = start();
      await follower.loaded();
      await settle();
      const loadedAt = clock.now();
      redis.before = ([name]) => {
        if (name !== command) return;
        redis.before = undefined;
        clock.advance(3_600_000);
      };
      if (command === 'XREAD') {
        // This entry ends the waiting read, and the next read gets it.
        redis.wake();
        await keep('new');
      } else await vi.advanceTimersByTimeAsync(BLOCK_MS);
      expect(clock.now()).toBe(loadedAt + 3_600_000);
      expect(follower.seenAt).toBe(loadedAt + mostMs);
      await vi.advanceTimersByTimeAsync(BLOCK_MS);
      expect(follower.seenAt).toBe(clock.now());
    },
  );

  it('lets no caller wait for ever when it is closed during a failure', async () => {
    const { redis, start } = await aFollower();
    let fail: (cause: Error) => void = () => {};
    redis.before = () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    const follower = start();
    await settle();
    follower.close();
    fail(new Error('down'));
    await settle();
    const outcome = await Promise.race([
      follower.loaded().catch((error: Error) => error.message),
      settle().then(() => 'waits'),
    ]);
    expect(outcome).toBe('The stores were closed');
  });

  it('ends when it is closed, also during a wait or a pause', async () => {
    const { redis, reads, start } = await aFollower();
    const waiting = start();
    await waiting.loaded();
    waiting.close();
    redis.wake();
    await settle();
    reads.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reads).toEqual([]);

    redis.before = () => Promise.reject(new Error('down'));
    const pausing = start();
    await expect(pausing.loaded()).rejects.toThrow('down');
    const loading = pausing.loaded();
    pausing.close();
    await expect(loading).rejects.toThrow('The stores were closed');
    reads.length = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(reads).toEqual([]);
  });
});
