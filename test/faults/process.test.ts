import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { AUDIENCE, anIdentityProvider } from './identity-provider.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('fixtures/short-lived.ts', import.meta.url));

it('background work does not keep the process alive, although the server is never closed', async () => {
  const provider = await anIdentityProvider();
  provider.keys = [(await provider.newKey('k1')).jwk];
  // If the process did not end by itself, it would be killed, and the promise would reject.
  const { stdout } = await run(
    process.execPath,
    ['-C', '@authly/source', '--import', 'tsx', script, provider.issuer, AUDIENCE],
    { timeout: 9_000 },
  );
  expect(stdout).toBe('1 unanswered');
});
