import { ConfigurationError } from '../model/errors.ts';
import { show } from './arguments.ts';
import type { Requirement } from './requirement.ts';

/** Whether a value has the members of a requirement. */
export function isRequirement(value: unknown): value is Requirement {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'evaluate' in value &&
    typeof value.evaluate === 'function' &&
    'description' in value &&
    typeof value.description === 'string' &&
    'scopes' in value &&
    Array.isArray(value.scopes)
  );
}

/** Returns the requirement. Throws `ConfigurationError` for anything else, such as `scope` instead of `scope('a')`. */
export function checkRequirement(value: unknown): Requirement {
  if (isRequirement(value)) return value;
  throw new ConfigurationError(
    `authorize() needs a requirement, not ${show(value)}: write authorize(scope('read:users'))`,
  );
}
