import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inTime } from '../src/in-time.ts';
import { deferred } from './fixtures.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it('work that ends in time gives its own result, and leaves no timer', async () => {
  expect(await inTime(Promise.resolve('done'), 100)).toBe('done');
  await expect(inTime(Promise.reject(new Error('failed')), 100)).rejects.toThrow('failed');
  expect(vi.getTimerCount()).toBe(0);
});

it('nobody waits for work that takes too long, and it may fail later without harm', async () => {
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
