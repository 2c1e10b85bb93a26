import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTime } from '../src/in-time.ts';
import { deferred } from './fixtures.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('work that is done in time is what it is, and leaves no timer behind', async () => {
  expect(await inTime(Promise.resolve('done'), 100)).toBe('done');
  await expect(inTime(Promise.reject(new Error('failed')), 100)).rejects.toThrow('failed');
  expect(vi.getTimerCount()).toBe(0);
});

it('work that takes longer is waited for no more, and may fail later', async () => {
  const work = deferred<string>();
  const waiting = inTime(work.promise, 100);
  let isOver = false;
  void waiting.then(() => {
    isOver = true;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(isOver).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await waiting).toBeUndefined();
  work.reject(new Error('late'));
});
