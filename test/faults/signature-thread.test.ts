import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('fixtures/under-load.ts', import.meta.url));

/** With a single core, no thread is started. */
const expected = availableParallelism() > 1 ? 1 : 0;

describe('3,000 new tokens, 64 at a time, every third one forged: each gets its own answer', () => {
  it.each([
    ['on two threads', 'lives', expected],
    ['when the second thread dies in the middle', 'dies', expected],
    ['when it dies in a process whose prototypes say yes to everything', 'polluted', expected],
    ['where no thread may be started', 'forbidden', 0],
    ['with signatureThread: false', 'unwanted', 0],
  ] as const)('%s; and the process ends by itself', async (_what, fate, threads) => {
    // If the process did not end by itself, it would be killed, and the promise would reject.
    const { stdout } = await run(
      process.execPath,
      ['-C', '@authly/source', '--import', 'tsx', script, fate],
      { timeout: 20_000 },
    );
    expect(stdout).toBe(`all right, ${threads} threads`);
  });
});
