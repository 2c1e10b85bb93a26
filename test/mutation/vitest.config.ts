import { defineConfig } from 'vitest/config';

// The unit tests that judge a mutant: those of the mutated folders, and no other. `pnpm mutate`.
export default defineConfig({
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    include: [
      'packages/core/test/{lib,token,signature,stores,keys,http,introspection,binding,revocation,lease,pipeline,providers}/**/*.test.ts',
      'packages/redis/test/**/*.test.ts',
      'packages/signals/test/**/*.test.ts',
      'packages/client/test/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', 'packages/client/test/reasons-document.test.ts'],
    setupFiles: ['test/setup.ts'],
    // A bound for a hang, not for speed, as in the tests' own configuration.
    testTimeout: 30_000,
  },
});
