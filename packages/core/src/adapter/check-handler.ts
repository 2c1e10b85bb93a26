import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * Checks the argument of `mount`. An issuer, and what else has endpoints, has its handler as a member. Throws
 * `ConfigurationError`.
 */
export function checkHandler(value: unknown): void {
  if (typeof value === 'function') return;
  throw new ConfigurationError(
    typeof memberOf(value, 'handler') === 'function'
      ? 'mount() takes the handler, not what has it. Write: mount(issuer.handler)'
      : 'mount() takes a handler. Write: mount(issuer.handler)',
  );
}
