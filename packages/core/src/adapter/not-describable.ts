import { ConfigurationError } from '../model/errors.ts';

/**
 * Makes the error for an adapter's `describeRequirements` or `assertGuarded` that was given a value without routes.
 * `expected` says what they take.
 */
export function notDescribable(expected: string): ConfigurationError {
  return new ConfigurationError(
    `describeRequirements() and assertGuarded() take ${expected}. Write: assertGuarded(app), or describeRequirements(router, { base: '/users' })`,
  );
}
