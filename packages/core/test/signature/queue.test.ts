import { describe, expect, it, vi } from 'vitest';
import { aToken, issuerKey, segmentsOf } from '../../../../test/support/tokens.ts';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import { type SignatureCheck, signatureCheck } from '../../src/signature/check.ts';
import { createSignatureQueue } from '../../src/signature/queue.ts';
import type { Answered, SignatureThread } from '../../src/signature/thread.ts';

interface Question {
  readonly checks: readonly SignatureCheck[];
  readonly size: number;
  readonly answer: Answered;
}

/** On a busy machine, turns of the event loop may be far apart. With the real clock, that would count as a lull. */
const STOPPED = { now: () => 0 };

/** A thread that answers when the test says so. Its answers need not be correct. */
function aThread() {
  const asked: Question[] = [];
  const thread = {
    isRunning: true,
    verify(checks: readonly SignatureCheck[], answer: Answered) {
      asked.push({ checks, size: checks.length, answer });
    },
    close: vi.fn(() => {
      thread.isRunning = false;
    }),
  };
  const start = vi.fn((_ended: (cause: 'idle' | 'failed') => void): SignatureThread => thread);
  /** The thread ends by itself, before it has answered. */
  function end(cause: 'idle' | 'failed'): void {
    start.mock.lastCall?.[0](cause);
    for (const { answer } of asked.splice(0)) answer(undefined);
  }
  return { asked, thread, start, end };
}

function aCheck(token = aToken()): SignatureCheck {
  const [header, payload, signature] = segmentsOf(token);
  const key = prepareKey(issuerKey.publicJwk);
  if (typeof key === 'string') return expect.unreachable(key);
  const bytes = Buffer.from(signature, 'base64url');
  const check = signatureCheck('ES256', key, `${header}.${payload}`, bytes);
  return check ?? expect.unreachable('a signature of the right length');
}

const good = aCheck();
const forged: SignatureCheck = { ...good, input: `${good.input}x` };
/** OpenSSL throws for a hash that it does not know. */
const broken: SignatureCheck = { ...good, hash: 'no such hash' };

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await turn();
}

/** Verifies one after the other, as for single requests. Gives how many were answered at once. */
async function oneByOne(queue: ReturnType<typeof createSignatureQueue>, count: number) {
  let atOnce = 0;
  for (let n = 0; n < count; n++) {
    const result = queue.verify(good);
    if (result === true) atOnce++;
    expect(await result).toBe(true);
  }
  return atOnce;
}

/** Verifies until one has to wait. From then on, the queue looks for others. */
function firstToWait(queue: ReturnType<typeof createSignatureQueue>): Promise<boolean> {
  for (let n = 0; n < 2_000; n++) {
    const result = queue.verify(good);
    if (result instanceof Promise) return result;
  }
  return expect.unreachable('nobody had to wait');
}

/** The answer of each, or that it waits. */
function soFar(results: readonly (boolean | Promise<boolean>)[]): Promise<unknown[]> {
  return Promise.all(results.map((result) => Promise.race([result, 'waits'])));
}

/** Adds this many checks in each of this many turns. */
async function underLoad(queue: ReturnType<typeof createSignatureQueue>, size: number, count = 20) {
  const results: Promise<boolean>[] = [firstToWait(queue)];
  for (let n = 0; n < count; n++) {
    for (let added = 0; added < size; added++) {
      results.push(Promise.resolve(queue.verify(good)));
    }
    await turn();
  }
  return results;
}

describe('requests one at a time', () => {
  it('are answered at once, except for a few that wait for the next turn, which become fewer', async () => {
    const { start } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    expect(await oneByOne(queue, 16)).toBe(15);
    expect(await oneByOne(queue, 32)).toBe(31);
    expect(await oneByOne(queue, 64)).toBe(63);
    await oneByOne(queue, 128 + 256 + 512);
    expect(await oneByOne(queue, 2_048)).toBe(2_046);
    expect(start).not.toHaveBeenCalled();
  });

  it('never wait if there can be no thread', async () => {
    const queue = createSignatureQueue(undefined, STOPPED);
    for (let n = 0; n < 100; n++) expect(queue.verify(good)).toBe(true);
    expect(queue.verify(forged)).toBe(false);
    expect(() => queue.verify(broken)).toThrow();
  });
});

describe('requests at the same time', () => {
  it('all wait, and each gets its own answer', async () => {
    const queue = createSignatureQueue(aThread().start, STOPPED);
    const first = firstToWait(queue);
    const second = queue.verify(forged);
    const third = queue.verify(broken);
    const fourth = queue.verify(good);
    for (const result of [second, third, fourth]) expect(result).toBeInstanceOf(Promise);
    await expect(third).rejects.toThrow();
    expect(await Promise.all([first, second, fourth])).toEqual([true, false, true]);
  });

  it('are verified a few per turn, so that the event loop is not blocked for all of them', async () => {
    const queue = createSignatureQueue(aThread().start, STOPPED);
    const results = [firstToWait(queue), ...Array.from({ length: 8 }, () => queue.verify(good))];
    await turn();
    expect(await soFar(results)).toEqual([true, true, true, true, ...Array(5).fill('waits')]);
    await turns(2);
    expect(await soFar(results)).toEqual(Array(9).fill(true));
  });

  it('are looked for more often afterwards: the next one waits after sixteen', async () => {
    const queue = createSignatureQueue(aThread().start, STOPPED);
    await oneByOne(queue, 16 + 32 + 64);
    await Promise.all([firstToWait(queue), queue.verify(good)]);
    expect(await oneByOne(queue, 16)).toBe(15);
  });

  it('start no thread if they are few, however long that lasts', async () => {
    const { start } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    await Promise.all(await underLoad(queue, 4, 50));
    expect(start).not.toHaveBeenCalled();
  });

  /** Bursts of forty checks. Each is done before the next one, which comes this many milliseconds later. */
  async function bursts(count: number, apartMs: number) {
    const { start, thread } = aThread();
    thread.isRunning = false;
    let now = 1_000;
    const queue = createSignatureQueue(start, { now: () => now });
    for (let burst = 0; burst < count; burst++) {
      await Promise.all(await underLoad(queue, 40, 1));
      now += apartMs;
    }
    return start;
  }

  it('start no thread if they are many for a moment, and again much later', async () => {
    expect(await bursts(10, 101)).not.toHaveBeenCalled();
  });

  it('start a thread when bursts follow each other, though nothing waits between them', async () => {
    expect(await bursts(1, 0)).not.toHaveBeenCalled();
    expect(await bursts(10, 0)).toHaveBeenCalledTimes(1);
    expect(await bursts(10, 100)).toHaveBeenCalledTimes(1);
  });
});

/** Has this many checks wait in each of this many turns. */
async function backlog(
  queue: ReturnType<typeof createSignatureQueue>,
  size: number,
  count: number,
) {
  const results: (boolean | Promise<boolean>)[] = [firstToWait(queue)];
  for (let n = 1; n < size; n++) results.push(queue.verify(good));
  for (let n = 0; n < count; n++) {
    await turn();
    for (let served = 0; served < 4; served++) results.push(queue.verify(good));
  }
  return results;
}

describe('when the thread is started', () => {
  it.each([
    [8, 60, 0],
    [9, 15, 0],
    [9, 16, 1],
    [9, 60, 1],
  ])('with %i waiting checks in each of %i turns: %i threads', async (size, count, threads) => {
    const { start, thread } = aThread();
    thread.isRunning = false;
    const queue = createSignatureQueue(start, STOPPED);
    const results = await backlog(queue, size, count);
    expect(start).toHaveBeenCalledTimes(threads);
    await turns(20);
    expect(await soFar(results)).not.toContain('waits');
  });
});

describe('under load', () => {
  /** A queue whose thread is idle. */
  async function aRunningThread() {
    const made = aThread();
    made.thread.isRunning = false;
    const queue = createSignatureQueue(made.start, STOPPED);
    await Promise.all(await backlog(queue, 9, 16));
    made.thread.isRunning = true;
    return { ...made, queue };
  }

  it('the thread gets the oldest checks, and the calling thread keeps half', async () => {
    const { queue, asked } = await aRunningThread();
    const checks = Array.from({ length: 12 }, () => ({ ...good }));
    const first = firstToWait(queue);
    const results = checks.map((check) => queue.verify(check));
    await turn();
    expect(asked.map(({ size }) => size)).toEqual([6]);
    expect(asked[0]?.checks.slice(1)).toEqual(checks.slice(0, 5));
    expect(asked[0]?.checks.slice(1).every((check, index) => check === checks[index])).toBe(true);
    await turn();
    expect(await soFar([first, ...results])).toEqual([
      ...Array(6).fill('waits'),
      ...Array(7).fill(true),
    ]);
    asked[0]?.answer(Array(6).fill(true));
    expect(await Promise.all([first, ...results])).not.toContain(false);
  });

  it('the thread gets full batches of a burst before the next turn', async () => {
    const { queue, asked } = await aRunningThread();
    const results = [firstToWait(queue)];
    const sizes: number[] = [];
    for (let n = 1; n < 64; n++) {
      results.push(Promise.resolve(queue.verify(good)));
      if (asked.length > sizes.length) sizes.push(n + 1);
    }
    // One batch more each time eight further checks leave both threads with equally many.
    expect(sizes).toEqual([16, 32, 48, 64]);
    expect(asked.map(({ size }) => size)).toEqual([8, 8, 8, 8]);
    for (const { size, answer } of asked.splice(0)) answer(Array(size).fill(true));
    await turns(20);
    for (const { size, answer } of asked.splice(0)) answer(Array(size).fill(true));
    expect(await Promise.all(results)).not.toContain(false);
  });

  it('while the thread runs, the next check after a burst waits at once, and single checks wait less and less often', async () => {
    const { queue, asked } = await aRunningThread();
    const both = [firstToWait(queue), queue.verify(good)];
    await turn();
    for (const { size, answer } of asked.splice(0)) answer(Array(size).fill(true));
    await Promise.all(both);
    expect(await oneByOne(queue, 1 + 2 + 4 + 8)).toBe(0 + 1 + 3 + 7);
  });

  it('a check that comes while the thread works waits too, even if no other does', async () => {
    const { queue, asked } = await aRunningThread();
    const results = [firstToWait(queue), ...Array.from({ length: 19 }, () => queue.verify(good))];
    await turns(5);
    expect((await soFar(results)).filter((result) => result === 'waits')).toHaveLength(8);
    const next = queue.verify(good);
    expect(next).toBeInstanceOf(Promise);
    asked[0]?.answer(Array(8).fill(true));
    expect(await Promise.all([...results, next])).not.toContain(false);
  });

  it('the answer of the thread is used, and it gets more checks as soon as it has answered', async () => {
    const { queue, asked } = await aRunningThread();
    const results = [
      firstToWait(queue),
      ...Array.from({ length: 100 }, () => queue.verify(forged)),
    ];
    expect(asked).toHaveLength(6);
    const [first, second, ...rest] = asked.splice(0);
    first?.answer(Array(8).fill(true));
    // The calling thread has no more checks than the other one. The next batch is sent when that has done one.
    expect(asked).toHaveLength(0);
    second?.answer(Array(8).fill(true));
    expect(asked.map(({ size }) => size)).toEqual([8]);
    expect((await soFar(results)).slice(0, 16)).toEqual(Array(16).fill(true));
    for (const { size, answer } of [...rest, ...asked.splice(0)]) answer(Array(size).fill(false));
    await turns(20);
    for (const { size, answer } of asked.splice(0)) answer(Array(size).fill(false));
    expect((await soFar(results)).slice(16)).toEqual(Array(85).fill(false));
  });

  it('a thread is started once, and takes what is too much for the calling thread', async () => {
    const { start, asked } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = await underLoad(queue, 20);
    expect(start).toHaveBeenCalledTimes(1);
    expect(new Set(asked.map(({ size }) => size))).toEqual(new Set([8]));
    while (asked.length > 0) {
      const { size, answer } = asked.shift() ?? expect.unreachable();
      answer(Array(size).fill(true));
    }
    await turns(100);
    expect(await Promise.all(results)).not.toContain(false);
  });

  it('each check gets the answer that belongs to it', async () => {
    const { start, asked } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = await underLoad(queue, 20, 17);
    const [batch] = asked;
    const before = await soFar(results);
    batch?.answer(Array.from({ length: 8 }, (_, index) => index % 2 === 0));
    await turn();
    const after = await soFar(results);
    const told = after.filter((_, index) => before[index] === 'waits');
    expect(told.filter((result) => result === false)).toHaveLength(4);
    const first = told.indexOf(true);
    expect(told.slice(first, first + 4)).toEqual([true, false, true, false]);
  });

  it.each([
    ['no answers at all', undefined],
    ['an empty list', []],
    ['too few', [true]],
    ['too many', Array(9).fill(true)],
    ['nothing in the place of one', Array(8).fill(undefined)],
    ['what is no answer', Array(8).fill('true')],
  ] as const)(
    'checks that the thread does not answer are verified here: %s',
    async (_what, answers) => {
      const { start, asked } = aThread();
      const queue = createSignatureQueue(start, STOPPED);
      const results = await underLoad(queue, 20, 16);
      const bad = Array.from({ length: 70 }, () => queue.verify(forged));
      for (let n = 0; n < 100; n++) {
        for (const { answer } of asked.splice(0)) answer(answers as never);
        await turn();
      }
      expect(await Promise.all(results)).not.toContain(false);
      expect(await Promise.all(bad)).not.toContain(true);
    },
  );

  it.each([
    ['Array', Array.prototype],
    ['Object', Object.prototype],
  ])('no answer is read from a polluted prototype: %s', async (_what, prototype) => {
    const { start, asked } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = await underLoad(queue, 20, 16);
    const bad = Array.from({ length: 70 }, () => queue.verify(forged));
    await turn();
    const members = prototype as unknown as Record<number, unknown>;
    try {
      for (let index = 0; index < 64; index++) members[index] = true;
      for (const { answer } of asked.splice(0)) answer(undefined);
      for (const { answer } of asked.splice(0)) answer([]);
    } finally {
      for (let index = 0; index < 64; index++) delete members[index];
    }
    for (let n = 0; n < 100; n++) {
      for (const { answer } of asked.splice(0)) answer(undefined);
      await turn();
    }
    expect(await Promise.all(results)).not.toContain(false);
    expect(await Promise.all(bad)).not.toContain(true);
  });

  it('no check waits any more if no thread can be started', async () => {
    const queue = createSignatureQueue(() => undefined, STOPPED);
    const results = await underLoad(queue, 20, 17);
    expect(await soFar(results)).toEqual(Array(results.length).fill(true));
    for (let n = 0; n < 100; n++) expect(queue.verify(good)).toBe(true);
  });

  it('no check waits any more after the thread failed', async () => {
    const { start, end } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = await underLoad(queue, 20, 17);
    end('failed');
    expect(await soFar(results)).toEqual(Array(results.length).fill(true));
    for (let n = 0; n < 100; n++) expect(queue.verify(good)).toBe(true);
  });

  it('a thread that ended because it was idle is started again with the next load', async () => {
    const { start, end } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const first = await underLoad(queue, 20, 17);
    expect(start).toHaveBeenCalledTimes(1);
    end('idle');
    await turns(10);
    expect(start).toHaveBeenCalledTimes(1);
    const second = await underLoad(queue, 20, 17);
    expect(start).toHaveBeenCalledTimes(2);
    queue.close();
    end('idle');
    await turns(50);
    expect(await soFar([...first, ...second])).not.toContain('waits');
  });

  it('at most 128 checks wait: with one more, the oldest is verified at once, and the order is kept', async () => {
    const queue = createSignatureQueue(() => undefined, STOPPED);
    const results: (boolean | Promise<boolean>)[] = [firstToWait(queue)];
    for (let n = 1; n < 500; n++) results.push(queue.verify(good));
    expect(await soFar(results)).toEqual([
      ...Array(500 - 128).fill(true),
      ...Array(128).fill('waits'),
    ]);
    await turns(1);
    expect(await soFar(results)).toEqual([
      ...Array(500 - 124).fill(true),
      ...Array(124).fill('waits'),
    ]);
    await turns(31);
    expect(await soFar(results)).not.toContain('waits');
  });

  it('close ends the thread; waiting checks are still answered, and later ones at once', async () => {
    const { start, asked, thread } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = await underLoad(queue, 20);
    queue.close();
    expect(thread.close).toHaveBeenCalledTimes(1);
    for (const { answer } of asked.splice(0)) answer(undefined);
    for (let n = 0; n < 100; n++) expect(queue.verify(good)).toBe(true);
    await turns(150);
    expect(await Promise.all(results)).not.toContain(false);
    expect(asked).toHaveLength(0);
  });

  it('after close no thread is started', async () => {
    const { start } = aThread();
    const queue = createSignatureQueue(start, STOPPED);
    const results = [firstToWait(queue)];
    for (let n = 0; n < 200; n++) results.push(Promise.resolve(queue.verify(good)));
    queue.close();
    expect(await Promise.all(results)).not.toContain(false);
    expect(start).not.toHaveBeenCalled();
  });
});

describe('fake timers in the tests of an application', () => {
  it('do not block requests, whether they were installed before or after this module was loaded', async () => {
    vi.useFakeTimers();
    vi.resetModules();
    try {
      const again = await import('../../src/signature/queue.ts');
      for (const create of [createSignatureQueue, again.createSignatureQueue]) {
        const queue = create(aThread().start);
        expect(await Promise.all([firstToWait(queue), queue.verify(good)])).toEqual([true, true]);
      }
    } finally {
      vi.useRealTimers();
    }
  });
});
