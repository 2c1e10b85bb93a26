import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LIMIT_MS, withinLimit } from '../src/within-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('resolves and rejects as the work does, and leaves no timer', async () => {
  expect(await withinLimit(() => 1)).toBe(1);
  expect(await withinLimit(() => Promise.resolve(2))).toBe(2);
  await expect(withinLimit(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
  const thrown = withinLimit(() => {
    throw new Error('y');
  });
  await expect(thrown).rejects.toThrow('y');
  expect(vi.getTimerCount()).toBe(0);
});

it('rejects when the time is over, and aborts the work', async () => {
  const aborted: unknown[] = [];
  const work = withinLimit((signal) => {
    signal.addEventListener('abort', () => aborted.push(signal.reason));
    return new Promise(() => {});
  }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
  expect(aborted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(await work).toMatchObject({
    name: 'TimeoutError',
    message: 'A store or a look-up took too long',
  });
  expect(aborted).toEqual([await work]);
});

it('a late rejection is handled, and reaches nobody', async () => {
  let fail: (error: Error) => void = () => {};
  const work = withinLimit(
    () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      }),
  ).catch((error: Error) => error.name);
  await vi.advanceTimersByTimeAsync(LIMIT_MS);
  fail(new Error('late'));
  expect(await work).toBe('TimeoutError');
});
