import type { Clock } from '../lib/clock.ts';
import { isScopeToken } from '../lib/scope-token.ts';
import { ConfigurationError } from '../model/errors.ts';
import { show } from './arguments.ts';
import type { EvaluationContext } from './requirement.ts';

/** A scope, and the scopes that it implies: `{ admin: ['read', 'write'] }`. */
export type ScopeImplies = Readonly<Record<string, readonly string[]>>;

/** Options of {@link createScopeHierarchy}. */
export interface ScopeHierarchyOptions {
  /** The scope hierarchy; transitive, and cycles are fine. Default: none. */
  readonly scopeImplies?: ScopeImplies | undefined;
  readonly clock: Clock;
}

/** What requirements of one resource server look at, and its scope hierarchy written out. */
export interface ScopeHierarchy extends EvaluationContext {
  /** The scopes and all that they imply, distinct, the given ones first. */
  expandScopes(scopes: readonly string[]): readonly string[];
}

/**
 * Makes what requirements use in addition to the principal. The scope hierarchy is resolved here, once, so that
 * a request only costs lookups. Whether any issuer knows these scopes is not checked.
 *
 * @throws ConfigurationError when `scopeImplies` has a value that is not a scope (RFC 6749 §3.3).
 */
export function createScopeHierarchy({
  scopeImplies,
  clock,
}: ScopeHierarchyOptions): ScopeHierarchy {
  const direct = directlyImplied(scopeImplies);
  const implied = new Map<string, readonly string[]>();
  const impliedBy = new Map<string, string[]>();
  for (const scope of direct.keys()) {
    const all = closureOf(scope, direct);
    implied.set(scope, all);
    for (const each of all) impliedBy.set(each, [...(impliedBy.get(each) ?? []), scope]);
  }
  return Object.freeze<ScopeHierarchy>({
    hasScope({ scopes }, scope) {
      if (scopes.includes(scope)) return true;
      const stronger = impliedBy.get(scope);
      if (stronger === undefined) return false;
      for (const each of stronger) {
        if (scopes.includes(each)) return true;
      }
      return false;
    },
    now: () => clock.now(),
    expandScopes(scopes) {
      const all = new Set(scopes);
      for (const scope of scopes) {
        for (const each of implied.get(scope) ?? []) all.add(each);
      }
      return [...all];
    },
  });
}

/** Everything that a scope implies over any number of steps, without itself. */
function closureOf(
  scope: string,
  direct: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const found = new Set([scope]);
  // A loop over a Set also visits what is added during the loop.
  for (const each of found) {
    for (const next of direct.get(each) ?? []) found.add(next);
  }
  found.delete(scope);
  return [...found];
}

/** The configured steps as a Map: a scope may be called `__proto__`. */
function directlyImplied(scopeImplies: unknown): ReadonlyMap<string, readonly string[]> {
  const direct = new Map<string, readonly string[]>();
  if (scopeImplies === undefined) return direct;
  if (typeof scopeImplies !== 'object' || scopeImplies === null || Array.isArray(scopeImplies)) {
    throw new ConfigurationError(
      `scopeImplies must be an object, not ${show(scopeImplies)}: write scopeImplies: { admin: ['read:users'] }`,
    );
  }
  for (const [scope, value] of Object.entries(scopeImplies)) {
    requireScope(scope);
    if (!Array.isArray(value)) {
      throw new ConfigurationError(
        `scopeImplies: ${show(scope)} must name a list: write scopeImplies: { '${scope}': ['read:users'] }`,
      );
    }
    const values: readonly unknown[] = value;
    direct.set(scope, values.map(requireScope));
  }
  return direct;
}

function requireScope(value: unknown): string {
  if (isScopeToken(value)) return value;
  throw new ConfigurationError(
    `scopeImplies: ${show(value)} is not one scope (RFC 6749 section 3.3): write scopeImplies: { admin: ['read:users', 'write:users'] }`,
  );
}
