import type { Reporter } from 'vitest/node';

/** Ends a run of the services' tests with one plain line. */
export const servicesReporter: Reporter = {
  onTestRunEnd(modules) {
    const states = modules.flatMap((module) => [
      ...[...module.children.allTests()].map((test) => test.result().state),
      // A file that could not be loaded has no tests to count.
      ...(module.errors().length > 0 ? ['failed'] : []),
    ]);
    const count = (state: string) => states.filter((each) => each === state).length;
    const skipped = count('skipped') > 0 ? `, ${count('skipped')} skipped` : '';
    process.stdout.write(
      `services: ${count('passed')} passed, ${count('failed')} failed${skipped}\n`,
    );
  },
};
