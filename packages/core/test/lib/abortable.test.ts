import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { abortable } from '../../src/lib/abortable.ts';

const never = new Promise<never>(() => {});

describe('abortable work', () => {
  it('gives what the work gives', async () => {
    await expect(abortable(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1);
    await expect(abortable(Promise.resolve(1), undefined)).resolves.toBe(1);
  });

  it('rejects with the reason of the signal, although the work continues', async () => {
    const controller = new AbortController();
    const waiting = abortable(never, controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(abortable(never, controller.signal)).rejects.toBe(reason);
  });

  it('work that is done already counts, even when the signal has aborted', async () => {
    await expect(abortable(Promise.resolve(1), AbortSignal.abort())).resolves.toBe(1);
  });
});

describe('the signal', () => {
  it.each([
    ['gives a value', async () => 1],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('is not listened to any longer once the work %s', async (_what, work) => {
    const { signal } = new AbortController();
    await abortable(work(), signal).catch(() => undefined);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
