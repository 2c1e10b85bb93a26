import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The whole fault suite, the part in real time included: `pnpm test:faults`. It takes minutes.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    include: ['test/faults/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // One after the other: what is measured here is time.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
});
