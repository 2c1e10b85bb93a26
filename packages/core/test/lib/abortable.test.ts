import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortable } from '../../src/lib/abortable.ts';

const never = new Promise<never>(() => {});

describe('abortable work', () => {
  it('resolves like the work', async () => {
    await expect(abortable(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
    await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
  });

  it('rejects with the reason of the signal, while the work continues', async () => {
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(abortable(never, controller.signal)).rejects.toBe(reason);
  });

  it('resolves if the work is done, even if the signal has aborted', async () => {
    await expect(abortable(Promise.resolve(1), AbortSignal.abort())).resolves.toBe(1);
  });
});

describe('the signal', () => {
  it.each([
    ['gives a value', async () => 1],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('has no listener any more after the work %s', async (_what, work) => {
    const { signal } = new AbortController();
    await abortable(work(), signal).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
