import { ConfigurationError } from '../model/errors.ts';

/**
 * Refuses what comes after the arguments that a guard reads: `authorize(scope('a'), role('admin'))` would check the scope
 * alone. `name` is the function that was called. The index and the list that `requirements.map(authorize)` gives may be
 * there. Throws `ConfigurationError`.
 */
export function refuseMore(name: string, more: readonly unknown[]): void {
  if (more.length === 0 || isOfMap(more)) return;
  throw new ConfigurationError(
    `${name}() was given more arguments than it reads, and they would not be checked. Write: authorize(allOf(user(), scope('read:users'))), or anyOf where one of them is enough`,
  );
}

function isOfMap([index, list, ...others]: readonly unknown[]): boolean {
  return typeof index === 'number' && Array.isArray(list) && others.length === 0;
}
