import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const LONG_RUNNING = fileURLToPath(new URL('fast-check.ts', import.meta.url));

// Every property of this repository, each for its share of minutes instead of runs: `pnpm fuzz`.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [
    {
      name: 'long-running-properties',
      enforce: 'pre',
      resolveId: (source, importer) =>
        source === 'fast-check' && importer !== LONG_RUNNING ? LONG_RUNNING : undefined,
    },
  ],
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    exclude: ['**/node_modules/**', '**/dist/**', '.reports/**'],
    setupFiles: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 0,
    hookTimeout: 30_000,
  },
});
