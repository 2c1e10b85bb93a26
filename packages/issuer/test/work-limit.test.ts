import { describe, expect, it } from 'vitest';
import { createWorkLimit } from '../src/work-limit.ts';
import { rejection } from './fixtures.ts';

function aLimit(concurrent: number, waiting: number) {
  return createWorkLimit({ concurrent, waiting, refuse: () => new Error('too much') });
}

/** A job that the test ends, and that records when it began. */
function work(started: number[], index: number) {
  let end: (result: number) => void = () => {};
  const promise = new Promise<number>((resolve) => {
    end = resolve;
  });
  const run = (): Promise<number> => {
    started.push(index);
    return promise;
  };
  return { run, end: () => end(index) };
}

/** Waits until every promise that can settle has settled. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('createWorkLimit', () => {
  it('runs a limited number of jobs at a time, in order, and refuses a job when the queue is full', async () => {
    const limit = aLimit(2, 2);
    const started: number[] = [];
    const jobs = [0, 1, 2, 3, 4].map((index) => work(started, index));
    const results = jobs.map(({ run }) => limit(run));
    expect(String(await rejection(results[4] ?? Promise.resolve()))).toBe('Error: too much');
    expect(started).toEqual([0, 1]);
    jobs[1]?.end();
    await settled();
    expect(started).toEqual([0, 1, 2]);
    jobs[0]?.end();
    await settled();
    expect(started).toEqual([0, 1, 2, 3]);
    jobs[2]?.end();
    jobs[3]?.end();
    expect(await Promise.all(results.slice(0, 4))).toEqual([0, 1, 2, 3]);
  });

  it('frees a place when a job fails, and when it is done', async () => {
    const limit = aLimit(1, 0);
    const failed = await rejection(limit(() => Promise.reject(new Error('failed'))));
    expect(String(failed)).toBe('Error: failed');
    expect(await limit(async () => 1)).toBe(1);
    expect(await limit(async () => 2)).toBe(2);
  });
});
