import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The whole suite of faults, with the part in real time: `pnpm test:faults`. It takes minutes.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    include: ['test/faults/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    // One file after the other, because these tests measure time.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
});
