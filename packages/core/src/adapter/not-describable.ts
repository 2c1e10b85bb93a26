import { ConfigurationError } from '../model/errors.ts';

/**
 * The error for an adapter's `describeRequirements` or `assertGuarded` that was given something in which it cannot find
 * routes. `expected` says what it takes.
 */
export function notDescribable(expected: string): ConfigurationError {
  return new ConfigurationError(
    `describeRequirements() and assertGuarded() take ${expected}. Write: assertGuarded(app), or describeRequirements(router, { base: '/users' })`,
  );
}
