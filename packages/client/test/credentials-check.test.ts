import { expect, it } from 'vitest';
import { createCredentialsCheck } from '../src/credentials-check.ts';
import { deferred } from './fixtures.ts';

it('credentials are read at most once a second, and once for all callers at the same time', async () => {
  let now = 0;
  let answers: ReturnType<typeof deferred<boolean>>[] = [];
  const check = createCredentialsCheck(
    () => {
      const answer = deferred<boolean>();
      answers.push(answer);
      return answer.promise;
    },
    () => now,
    10_000,
  );
  const together = [check(), check()];
  // The first read never ends.
  now = 5_000;
  together.push(check());
  expect(answers).toHaveLength(1);
  answers[0]?.resolve(true);
  expect(await Promise.all(together)).toEqual([true, true, true]);
  answers = [];
  now = 999;
  expect(await check()).toBe(false);
  now = 1_000;
  const next = check();
  expect(answers).toHaveLength(1);
  answers[0]?.reject(new Error('vault'));
  await expect(next).rejects.toThrow('vault');
  expect(await check()).toBe(false);
});

it('a read of the credentials that does not end in time finds nothing, and does not delay the next one', async () => {
  let now = 0;
  let looks = 0;
  const check = createCredentialsCheck(
    () => {
      looks += 1;
      return looks === 1 ? new Promise(() => {}) : Promise.resolve(true);
    },
    () => now,
    1,
  );
  expect(await check()).toBe(false);
  now = 1_000;
  expect(await check()).toBe(true);
});
