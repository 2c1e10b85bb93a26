import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Asks until the answer is the expected one. Returns the last answer when the time is over. */
export async function eventually(
  expected: string,
  withinMs: number,
  ask: () => Promise<string>,
): Promise<string> {
  const giveUpAt = performance.now() + withinMs;
  let answer = await ask();
  while (answer !== expected && performance.now() < giveUpAt) {
    await delay(LOOK_EVERY_MS);
    answer = await ask();
  }
  return answer;
}
