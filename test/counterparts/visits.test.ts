import { expect, it, vi } from 'vitest';
import { counterpart } from './names/oidc-provider.ts';
import { visitApis } from './visits.ts';

// What `pnpm counterpart oidc-provider` does, but for the table. The other names need more than npm.
it('a user who signs in at oidc-provider and a machine are each recognized in every framework', async () => {
  // It warns of everything that is not made for production.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(console, 'info').mockImplementation(() => {});
  const running = await counterpart.start();
  try {
    for (const { answers, expected, ...visit } of await visitApis(running)) {
      expect(new Set(Object.values(answers)), JSON.stringify(visit)).toEqual(new Set([expected]));
    }
  } finally {
    await running.stop();
    vi.restoreAllMocks();
  }
});
