import { expect, it, vi } from 'vitest';

it('waiting for something is bounded against a hang, and not by the second that a busy machine may take', async () => {
  vi.useFakeTimers();
  try {
    let isThere = false;
    setTimeout(() => {
      isThere = true;
    }, 10_000);
    await vi.waitFor(() => expect(isThere).toBe(true), { interval: 1_000 });
    isThere = false;
    const never = vi.waitFor(() => expect(isThere).toBe(true), { timeout: 200 });
    await expect(never).rejects.toThrow();
  } finally {
    vi.useRealTimers();
  }
});
