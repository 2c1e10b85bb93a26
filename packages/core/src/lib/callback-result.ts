import { isThenable } from './maybe-promise.ts';

/** Whether a function of the application returned exactly `true`. A promise, 1 or `'yes'` does not count. */
export function isTrue(answer: unknown): boolean {
  if (answer === true) return true;
  ignoreRejection(answer);
  return false;
}

/**
 * Ignores the rejection of a promise that nobody waits for. An unhandled rejection would end the process. Never throws,
 * whatever the value or its `then` does.
 */
export function ignoreRejection(answer: unknown): void {
  // Not `Promise.resolve(answer)`: that reads `answer.constructor`, which may throw.
  if (isThenable(answer)) new Promise((resolve) => resolve(answer)).catch(ignore);
}

function ignore(): void {}
