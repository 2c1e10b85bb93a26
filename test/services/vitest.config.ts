import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { servicesReporter } from './support/reporter.ts';

// Tests with real servers, as Debian packages them: `pnpm test:services`.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    include: ['test/services/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup.ts'],
    passWithNoTests: true,
    // Servers are started one after the other: each has the machine to itself.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', 'json', servicesReporter],
    outputFile: { json: '.reports/services.json' },
  },
});
