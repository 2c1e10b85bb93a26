import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// `pnpm check:consumers`: uses the packed tarballs with the tools of other people, which come from
// the registry.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/consumers/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/consumers/installed.ts'],
    maxWorkers: 2,
    hookTimeout: 300_000,
    testTimeout: 300_000,
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/consumers.json' },
  },
});
