import { ignoreRejection } from '../lib/callback-result.ts';
import { isThenable } from '../lib/maybe-promise.ts';
import { hasBrand } from '../model/has-brand.ts';

// A brand instead of instanceof: a requirement may be of another copy of this package.
const BRAND: unique symbol = Symbol.for('@authly/core:programming-mistake');

/**
 * Throws when a function that must return at once has returned a promise. Nothing would wait for that promise,
 * and every request would be refused without a visible reason. The error says that the application has a
 * mistake: it is no refusal, it is answered with 500, and its message names the function.
 */
export function refusePromise(name: string, answer: unknown): void {
  if (!isThenable(answer)) return;
  ignoreRejection(answer);
  const error = new TypeError(
    `${name} answered with a promise, which is not awaited. Write a function that is not async`,
  );
  throw Object.defineProperty(error, BRAND, { value: true });
}

/** Whether `error` tells of a mistake in the application's code. Such an error must not become a refusal. */
export function isProgrammingMistake(error: unknown): boolean {
  return hasBrand(error, BRAND);
}
