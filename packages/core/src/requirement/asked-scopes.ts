import { NO_SCOPES, type Requirement } from './requirement.ts';

/**
 * The scopes to ask for where nobody is calling yet, so that the first token suffices (RFC 6750 §3):
 * every one that is needed, and of alternatives the first that needs any. A particular caller may need
 * fewer; once there is a caller, {@link scopesNeeded} says which.
 */
export function askedScopes(requirement: Requirement): readonly string[] {
  const { parts, scopes, needs } = requirement;
  if (parts === undefined) return needs === 'one' ? scopes.slice(0, 1) : scopes;
  const asked = parts.map(askedScopes);
  if (needs === 'one') return asked.find((some) => some.length > 0) ?? NO_SCOPES;
  return [...new Set(asked.flat())];
}

/**
 * The sets of scopes of which any one is enough, as far as scopes go: `[['a', 'b']]` for both,
 * `[['a'], ['b']]` for either, `[[]]` for none. A branch that needs no scope but something else, such
 * as a role, counts as one that needs none.
 */
export function scopeAlternatives(requirement: Requirement): readonly (readonly string[])[] {
  const { parts, scopes, needs } = requirement;
  if (parts === undefined) return needs === 'one' ? scopes.map((scope) => [scope]) : [scopes];
  const each = parts.map(scopeAlternatives);
  return needs === 'one' ? distinct(each.flat()) : everyCombination(each);
}

/** The alternatives of several requirements that must all be met. */
export function everyCombination(
  requirements: readonly (readonly (readonly string[])[])[],
): readonly (readonly string[])[] {
  let combinations: readonly (readonly string[])[] = [[]];
  for (const alternatives of requirements) {
    combinations = distinct(
      combinations.flatMap((scopes) =>
        alternatives.map((others) => [...new Set([...scopes, ...others])]),
      ),
    );
  }
  return combinations;
}

function distinct(sets: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const byContent = new Map(sets.map((set) => [[...set].sort().join(' '), set]));
  return [...byContent.values()];
}
