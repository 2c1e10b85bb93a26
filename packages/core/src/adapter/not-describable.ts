import { ConfigurationError } from '../model/errors.ts';

/**
 * The error for an adapter's `describeRequirements` that was given something else than what it can look
 * into. `expected` says what that is.
 */
export function notDescribable(expected: string): ConfigurationError {
  return new ConfigurationError(
    `describeRequirements takes ${expected}. Write: describeRequirements(router, { base: '/users' })`,
  );
}
