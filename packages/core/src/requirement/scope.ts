import { scopeArguments } from './arguments.ts';
import { describeNames } from './describe.ts';
import type { Requirement, Unmet } from './requirement.ts';

/**
 * Every one of these scopes (RFC 6749 §3.3), compared exactly (case-sensitively); a scope
 * that `scopeImplies` adds counts. Unmet: `scope_missing`, which names all of them (RFC 6750 §3), so
 * that the next token also has the scopes that this one has.
 *
 * It does not look at the kind of the caller: users and machines with the scope pass.
 *
 * @throws ConfigurationError without a scope, or with one that breaks the grammar.
 */
export function scope(...scopes: readonly string[]): Requirement {
  const needed = scopeArguments('scope', scopes);
  const unmet: Unmet = Object.freeze({ reason: 'scope_missing', scopes: needed });
  return Object.freeze<Requirement>({
    description: describeNames('scope', needed, 'and'),
    scopes: needed,
    evaluate(principal, context) {
      for (const each of needed) {
        if (!context.hasScope(principal, each)) return unmet;
      }
      return undefined;
    },
  });
}

/**
 * One of these scopes; otherwise as {@link scope}. Unmet: `scope_missing`, naming the first
 * alternative alone, since a challenge names what is needed (RFC 6750 §3) and all of them would
 * make clients ask for more than that. Put the smallest scope first.
 *
 * @throws ConfigurationError without a scope, or with one that breaks the grammar.
 */
export function anyScope(...scopes: readonly string[]): Requirement {
  const alternatives = scopeArguments('anyScope', scopes);
  const unmet: Unmet = Object.freeze({
    reason: 'scope_missing',
    scopes: Object.freeze(alternatives.slice(0, 1)),
  });
  return Object.freeze<Requirement>({
    description: describeNames('scope', alternatives, 'or'),
    scopes: alternatives,
    needs: 'one',
    evaluate(principal, context) {
      for (const each of alternatives) {
        if (context.hasScope(principal, each)) return undefined;
      }
      return unmet;
    },
  });
}
