import { memberOf } from '../lib/member-of.ts';
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
    `authorize() needs a requirement, not ${notRequirement(value, "authorize(scope('read:users'))")}`,
  );
}

/** Says what a value is that is no requirement, and what to write. */
export function notRequirement(value: unknown, line: string): string {
  if (isGuard(value)) {
    return `a guard: write ${line}, since scope('a') is what requireScope('a') checks`;
  }
  if (typeof value === 'function') {
    return `a function: write ${line}, or for a function that tests claims claim((claims) => claims.plan === 'pro', 'plan pro')`;
  }
  return `${show(value)}: write ${line}`;
}

/** A guard of an adapter has its requirement as a member. */
function isGuard(value: unknown): boolean {
  return typeof value === 'function' && isRequirement(memberOf(value, 'requirement'));
}
