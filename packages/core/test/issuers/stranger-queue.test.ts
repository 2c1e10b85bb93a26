import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CrowdedError, createStrangerQueue } from '../../src/issuers/stranger-queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const BOUNDS = { maxRunning: 2, maxWaiting: 3, timeoutMs: 5_000 };

/** A queue whose questions are answered by `answer`, in any order. */
function aQueue(bounds: Partial<typeof BOUNDS> = {}) {
  const queue = createStrangerQueue<string>({ ...BOUNDS, ...bounds });
  const started: string[] = [];
  const open = new Map<string, (answer: string) => void>();
  const ask = (name: string) =>
    Promise.resolve(
      queue.ask(name, () => {
        started.push(name);
        return new Promise<string>((resolve) => open.set(name, resolve));
      }),
    );
  /** The same, for a caller who may be refused. */
  const outcome = (name: string) =>
    ask(name).catch((error: unknown) => (error instanceof CrowdedError ? 'crowded' : 'fault'));
  async function answer(name: string): Promise<void> {
    open.get(name)?.(`answer for ${name}`);
    await vi.advanceTimersByTimeAsync(0);
  }
  return { queue, started, ask, outcome, answer };
}

describe('a queue of strangers', () => {
  it('runs a limited number of questions at a time, and starts the next when one ends', async () => {
    const { ask, started, answer } = aQueue();
    const answers = ['a', 'b', 'c'].map(ask);
    expect(started).toEqual(['a', 'b']);
    await answer('b');
    expect(started).toEqual(['a', 'b', 'c']);
    await answer('a');
    await answer('c');
    expect(await Promise.all(answers)).toEqual(['answer for a', 'answer for b', 'answer for c']);
  });

  it('asks once for all who ask for one name, under way or waiting', async () => {
    const { ask, started, answer } = aQueue({ maxRunning: 1 });
    const answers = [ask('a'), ask('a'), ask('b'), ask('b')];
    await answer('a');
    await answer('b');
    expect(started).toEqual(['a', 'b']);
    expect(await Promise.all(answers)).toHaveLength(4);
  });

  it('asks first for the name that most callers wait for, then for the one that waits longest', async () => {
    const { outcome, started, answer } = aQueue({ maxRunning: 1 });
    for (const name of ['a', 'b', 'c', 'd', 'd']) void outcome(name);
    for (const name of ['a', 'd', 'b']) await answer(name);
    expect(started).toEqual(['a', 'd', 'b', 'c']);
  });

  it('drops the oldest of the names that fewest wait for, when it is full', async () => {
    const { outcome, answer } = aQueue({ maxRunning: 1 });
    const outcomes = ['a', 'b', 'b', 'c', 'd', 'e'].map(outcome);
    expect(await outcomes[3]).toBe('crowded');
    for (const name of ['a', 'b', 'd', 'e']) await answer(name);
    expect((await Promise.all(outcomes)).filter((each) => each === 'crowded')).toHaveLength(1);
  });

  it('nobody waits longer than the time allowed', async () => {
    const { outcome } = aQueue({ maxRunning: 1 });
    void outcome('a');
    const waiting = outcome('b');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await waiting).toBe('crowded');
  });

  it('returns an answer without a promise when the question does, and passes its exception on', () => {
    const { queue } = aQueue();
    expect(queue.ask('a', () => 'now')).toBe('now');
    const fault = new Error('no');
    expect(() =>
      queue.ask('a', () => {
        throw fault;
      }),
    ).toThrow(fault);
  });

  it('rejects for those who waited for a question that throws, and continues', async () => {
    const { queue, ask, started, answer } = aQueue({ maxRunning: 1 });
    void ask('a');
    const failing = Promise.resolve(
      queue.ask('b', () => {
        throw new Error('no');
      }),
    ).catch(String);
    void ask('c');
    await answer('a');
    expect(await failing).toBe('Error: no');
    expect(started).toEqual(['a', 'c']);
  });

  it('starts the next question after one that failed', async () => {
    const { queue, ask, started } = aQueue({ maxRunning: 1 });
    const failing = Promise.resolve(queue.ask('a', () => Promise.reject(new Error('down'))));
    void ask('b');
    await expect(failing).rejects.toThrow('down');
    await vi.advanceTimersByTimeAsync(0);
    expect(started).toEqual(['b']);
  });

  it('close refuses waiting and new questions, and leaves no timer', async () => {
    const { queue, outcome, answer } = aQueue({ maxRunning: 1 });
    const running = outcome('a');
    const waiting = outcome('b');
    queue.close();
    expect(await waiting).toBe('crowded');
    expect(await outcome('c')).toBe('crowded');
    await answer('a');
    expect(await running).toBe('answer for a');
    expect(vi.getTimerCount()).toBe(0);
  });
});

// 640 made-up names a second; each question takes so long that the 128 at once answer fewer a second.
describe.each([
  ['as many answers a second as strangers', 200],
  ['two strangers for each answer', 400],
  ['five strangers for each answer', 1_000],
])('a flood of 640 names a second: %s', (_what, answerAfterMs) => {
  it('an honest tenant, whose callers come 20 times a second, gets through', async () => {
    const bounds = { maxRunning: 128, maxWaiting: 1_024, timeoutMs: 5_000 };
    const queue = createStrangerQueue<string>(bounds);
    const answered = (name: string) => () =>
      new Promise<string>((resolve) => setTimeout(resolve, answerAfterMs, name));
    const ask = (name: string) => Promise.resolve(queue.ask(name, answered(name)));
    let made = 0;
    async function flood(ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += 25) {
        for (let n = 0; n < 16; n += 1) {
          made += 1;
          ask(`made-up-${made}`).catch(() => {});
        }
        await vi.advanceTimersByTimeAsync(25);
      }
    }
    await flood(5_000);
    const honest: Promise<string>[] = [];
    for (let n = 0; n < 20; n += 1) {
      honest.push(ask('honest'));
      await flood(50);
    }
    await flood(answerAfterMs);
    await expect(Promise.all(honest)).resolves.toEqual(Array(20).fill('honest'));
    queue.close();
  });
});
