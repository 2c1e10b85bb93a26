import { expect, it, vi } from 'vitest';

it('waits for something longer than the one second that a busy machine may take', async () => {
  let isThere = false;
  // Real time: `vi.waitFor` does not go by a clock that a test sets.
  setTimeout(() => {
    isThere = true;
  }, 1_200);
  await vi.waitFor(() => expect(isThere).toBe(true));
});

it('gives up as early as a test asks for', async () => {
  const never = vi.waitFor(() => expect(true).toBe(false), { timeout: 60, interval: 20 });
  await expect(never).rejects.toThrow('expected true to be false');
});
