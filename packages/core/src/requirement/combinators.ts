import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import { type AuthErrorCode, REASONS } from '../model/reasons.ts';
import { isRequirement, notRequirement } from './check-requirement.ts';
import { describeParts } from './describe.ts';
import { evaluate, scopesNeeded } from './evaluate.ts';
import type { EvaluationContext, Requirement, Unmet } from './requirement.ts';

/**
 * Every one of these requirements. All parts are evaluated. Of several failures the most serious is reported:
 * `requirement_failed` (the answer is not known), then `forbidden` (no token of this caller helps), then
 * step-up, then missing scopes. Of two equally serious failures the first is reported.
 *
 * Missing scopes are reported together with those that the other parts need and the token has, because the
 * next token must have all of them (RFC 6750 §3). `allOf(scope('a'), scope('b'))` answers as
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
 * One of these requirements is enough: the first that is met decides, and the others do not matter. If none is:
 * `requirement_failed` when a branch could not be evaluated, because it might have passed; else
 * `scope_missing` with the scopes of the first branch that lacks scopes only; else `forbidden` with
 * the reason of the first such branch. The answer is a step-up challenge (the first one) only when every branch asks
 * for one: when one branch can never pass for this caller, the answer is `forbidden`.
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

/** Which failure `allOf` reports: the last of these that occurs. */
const ALL_OF_ORDER: readonly AuthErrorCode[] = [
  'insufficient_scope',
  'insufficient_user_authentication',
  'forbidden',
  'temporarily_unavailable',
];

/** Which failure `anyOf` reports: the last of these that occurs. */
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

/** The failure that comes later in the order; `told` when both are equal. */
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
  const line = `${call}(scope('read:users'), user())`;
  throw new ConfigurationError(
    requirements.length === 0
      ? `${call}() needs ${what}: write ${line}`
      : `${call}() needs ${what}, not ${notRequirement(wrong, line)}`,
  );
}

function distinctScopes(parts: readonly Requirement[]): readonly string[] {
  return Object.freeze([...new Set(parts.flatMap((part) => part.scopes))]);
}
