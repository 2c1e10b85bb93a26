import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import { type AuthErrorCode, REASONS } from '../model/reasons.ts';
import { show } from './arguments.ts';
import { isRequirement } from './check-requirement.ts';
import { describeParts } from './describe.ts';
import { evaluate, scopesNeeded } from './evaluate.ts';
import type { EvaluationContext, Requirement, Unmet } from './requirement.ts';

/**
 * Every one of these requirements. Of several failures the one that is hardest to mend is told:
 * `requirement_failed` (nobody knows) before `forbidden` (no token of this caller helps) before
 * step-up before missing scopes; among equals the first. All parts are evaluated before that.
 *
 * Missing scopes are told together, with those that the other parts need and the token has: the
 * next token must carry them all (RFC 6750 §3). `allOf(scope('a'), scope('b'))` answers as
 * `scope('a', 'b')` does.
 *
 * @throws ConfigurationError without a requirement, or with something else.
 */
export function allOf(...requirements: readonly Requirement[]): Requirement {
  const parts = partsOf('allOf', requirements);
  return Object.freeze<Requirement>({
    description: describeParts(parts, 'and'),
    scopes: distinctScopes(parts),
    parts,
    evaluate(principal, context) {
      let failures: Map<Requirement, Unmet> | undefined;
      for (const part of parts) {
        const unmet = evaluate(part, principal, context);
        if (unmet === undefined) continue;
        failures ??= new Map();
        failures.set(part, unmet);
      }
      return failures === undefined
        ? undefined
        : conjunctionOf(parts, failures, principal, context);
    },
  });
}

/**
 * One of these requirements: the first that is met decides, whatever the others say. If none is:
 * `requirement_failed` when a branch could not be evaluated, since it might have allowed; else
 * `scope_missing` with the scopes of the first branch that lacks scopes only; else `forbidden` with
 * the reason of the first branch that is. A step-up challenge is answered when every branch asks
 * for one, and is then the first: where a branch refuses this caller for good, so does the whole.
 * (For "a machine, or a user who signed in just now" use `clients: 'allow'` of
 * `authenticationContext`.)
 *
 * @throws ConfigurationError without a requirement, or with something else.
 */
export function anyOf(...requirements: readonly Requirement[]): Requirement {
  const parts = partsOf('anyOf', requirements);
  return Object.freeze<Requirement>({
    description: describeParts(parts, 'or'),
    scopes: distinctScopes(parts),
    parts,
    needs: 'one',
    evaluate(principal, context) {
      let told: Unmet | undefined;
      for (const part of parts) {
        const unmet = evaluate(part, principal, context);
        if (unmet === undefined) return undefined;
        told = graver(ANY_OF_ORDER, told, unmet);
      }
      return told;
    },
  });
}

/** Which failure `allOf` tells: the last of these that occurs. */
const ALL_OF_ORDER: readonly AuthErrorCode[] = [
  'insufficient_scope',
  'insufficient_user_authentication',
  'forbidden',
  'temporarily_unavailable',
];

/** Which failure `anyOf` tells: the last of these that occurs. */
const ANY_OF_ORDER: readonly AuthErrorCode[] = [
  'insufficient_user_authentication',
  'forbidden',
  'insufficient_scope',
  'temporarily_unavailable',
];

function conjunctionOf(
  parts: readonly Requirement[],
  failures: ReadonlyMap<Requirement, Unmet>,
  principal: Principal,
  context: EvaluationContext,
): Unmet | undefined {
  let told: Unmet | undefined;
  for (const unmet of failures.values()) told = graver(ALL_OF_ORDER, told, unmet);
  if (told === undefined || codeOf(told) !== 'insufficient_scope') return told;
  const scopes = new Set<string>();
  for (const part of parts) {
    const unmet = failures.get(part);
    const needed = unmet === undefined ? scopesNeeded(part, principal, context) : unmet.scopes;
    for (const scope of needed ?? []) scopes.add(scope);
  }
  return Object.freeze({ reason: told.reason, scopes: Object.freeze([...scopes]) });
}

/** The failure that comes later in the order; `told` among equals. */
function graver(order: readonly AuthErrorCode[], told: Unmet | undefined, unmet: Unmet): Unmet {
  return told !== undefined && order.indexOf(codeOf(told)) >= order.indexOf(codeOf(unmet))
    ? told
    : unmet;
}

function codeOf(unmet: Unmet): AuthErrorCode {
  return REASONS[unmet.reason].code;
}

function partsOf(call: string, requirements: readonly unknown[]): readonly Requirement[] {
  const parts = requirements.filter(isRequirement);
  if (parts.length > 0 && parts.length === requirements.length) return Object.freeze(parts);
  const wrong = requirements.find((requirement) => !isRequirement(requirement));
  const what = requirements.length === 0 ? 'at least one requirement' : 'requirements';
  const got = requirements.length === 0 ? '' : `, not ${show(wrong)}`;
  throw new ConfigurationError(
    `${call}() needs ${what}${got}: write ${call}(scope('read:users'), user())`,
  );
}

function distinctScopes(parts: readonly Requirement[]): readonly string[] {
  return Object.freeze([...new Set(parts.flatMap((part) => part.scopes))]);
}
