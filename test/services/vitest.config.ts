import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { servicesReporter } from './support/reporter.ts';

// `pnpm test:services`: tests with real servers from the packages of Debian.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    include: ['test/services/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup.ts'],
    passWithNoTests: true,
    // Test files run one after the other, so that each server has the machine to itself.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', 'json', servicesReporter],
    outputFile: { json: '.reports/services.json' },
  },
});
