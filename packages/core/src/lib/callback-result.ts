import { isThenable } from './maybe-promise.ts';

/** Whether a function of the application returned `true`: a promise, 1 or `'yes'` does not count. */
export function isTrue(answer: unknown): boolean {
  if (answer === true) return true;
  ignoreRejection(answer);
  return false;
}

/**
 * Handles the rejection of a promise that nobody waits for: an unhandled one would end the process.
 * Never throws, whatever `then` of the value does.
 */
export function ignoreRejection(answer: unknown): void {
  // Not Promise.resolve: it reads `constructor` of a promise, which may throw.
  if (isThenable(answer)) new Promise((resolve) => resolve(answer)).catch(ignore);
}

function ignore(): void {}
