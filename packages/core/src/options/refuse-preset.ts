import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * Refuses a preset's result in the place of the options: it has no audience, and without one a token for any other API
 * would pass. `taker` is the function that was called, `line` what to write. Throws `ConfigurationError`.
 */
export function refusePreset(taker: string, options: unknown, line: string): void {
  const isPreset =
    typeof memberOf(options, 'preset') === 'string' &&
    typeof memberOf(options, 'classify') === 'function';
  if (!isPreset) return;
  throw new ConfigurationError(
    `${taker}() takes an object of options, not a preset alone. Write: ${line}`,
  );
}
