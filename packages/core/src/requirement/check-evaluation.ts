import { isThenable } from '../lib/maybe-promise.ts';
import { ConfigurationError } from '../model/errors.ts';
import { isRequirement, notRequirement } from './check-requirement.ts';

const LINE = "evaluate(await resourceServer.verify(token), scope('read:users'))";

/**
 * Checks the arguments of `evaluate`. It is called only when the answer is not "met", because guards evaluate on each
 * request. Without it, a forgotten `await` would look like a caller who may not do this. Throws `ConfigurationError`.
 */
export function checkEvaluation(principal: unknown, requirement: unknown): void {
  if (isThenable(principal)) {
    throw new ConfigurationError(`evaluate() takes a principal, not a promise: write ${LINE}`);
  }
  if (isRequirement(requirement)) return;
  throw new ConfigurationError(
    `evaluate() needs a requirement, not ${notRequirement(requirement, LINE)}`,
  );
}
