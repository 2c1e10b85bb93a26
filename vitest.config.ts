import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that need a worker of their own: they replace modules (`vi.mock`), or measure the heap. */
const ISOLATED = 'packages/*/test/**/*.isolated.test.ts';

const packages = readdirSync(new URL('packages', import.meta.url)).map((name) => ({
  extends: true as const,
  test: { name, include: [`packages/${name}/test/**/*.test.ts`], exclude: [ISOLATED] },
}));

export default defineConfig({
  // Tests run from the packages' sources, not from their builds.
  ssr: { resolve: { conditions: ['@authly/source'] } },
  test: {
    projects: [
      ...packages,
      { extends: true, test: { name: 'isolated', include: [ISOLATED], isolate: true } },
      {
        extends: true,
        test: {
          name: 'test',
          include: ['test/**/*.test.ts'],
          exclude: [
            // These spend real minutes where the others inject a clock: `pnpm test:faults`.
            'test/**/*.realtime.test.ts',
            // These need servers that npm does not have: `pnpm test:services`.
            'test/services/**',
            // These need the registry: `pnpm check:consumers`.
            'test/consumers/**',
          ],
        },
      },
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['test/setup.ts'],
    pool: 'threads',
    // Half of the time of isolated files goes into importing the same modules again. `pnpm test:isolated`
    // gives each file modules of its own: what passes here alone rests on what another file left behind.
    isolate: false,
    maxWorkers: 3,
    // Bounds for a hang, not for speed: nothing here measures time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Otherwise `expect.poll` gives up after one second. `test/setup.ts` does the same for `vi.waitFor`.
    expect: { poll: { timeout: 15_000 } },
    reporters: ['default', 'json'],
    outputFile: { json: '.reports/tests.json' },
    coverage: { include: ['packages/*/src/**/*.ts'], reportsDirectory: 'coverage' },
  },
});
