import { expect, it } from 'vitest';
import { read } from './sources.ts';

it('the lockfile names no host, so that every machine uses its own registry', () => {
  const lockfile = read('pnpm-lock.yaml');
  expect(lockfile).toContain('integrity: sha512-');
  expect(
    lockfile.split('\n').filter((line) => /https?:\/\/|\btarball:|\bresolved:/.test(line)),
  ).toEqual([]);
});
