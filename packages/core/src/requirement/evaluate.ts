import { isStringList } from '../lib/json.ts';
import type { Principal } from '../model/principal.ts';
import { REASONS } from '../model/reasons.ts';
import { isProgrammingMistake, refusePromise } from './programming-mistake.ts';
import { type EvaluationContext, NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';
import { requirementFailed } from './requirement-failed.ts';

/**
 * Evaluates a requirement, which may be the application's own code. Returns `undefined` when it is met, else
 * the reason. Fails closed: a requirement that throws, or that returns neither `undefined` nor a reason of the
 * step `requirement`, gives `requirement_failed`. It never waits: when the requirement or a test within it
 * returns a promise, it throws a `TypeError` that names the requirement.
 */
export function evaluate(
  requirement: Requirement,
  principal: Principal,
  context: EvaluationContext,
): Unmet | undefined {
  try {
    const answer: unknown = requirement.evaluate(principal, context);
    if (answer === undefined || isUnmet(answer)) return answer;
    refusePromise(`The requirement "${requirement.description}"`, answer);
    return requirementFailed(new TypeError(`"${requirement.description}" gave no valid answer`));
  } catch (cause) {
    if (isProgrammingMistake(cause)) throw cause;
    return requirementFailed(cause);
  }
}

/**
 * The scopes that a token of this principal needs for the requirement, also those that it has already: a
 * challenge must name all of them, so that the next token is enough (RFC 6750 §3). Empty when the principal
 * needs none, or when no scope would help.
 */
export function scopesNeeded(
  requirement: Requirement,
  principal: Principal,
  context: EvaluationContext,
): readonly string[] {
  const unmet = evaluate(requirement, principal, {
    hasScope: () => false,
    now: () => context.now(),
  });
  if (unmet === undefined || REASONS[unmet.reason].code !== 'insufficient_scope') return NO_SCOPES;
  return unmet.scopes ?? NO_SCOPES;
}

function isUnmet(answer: unknown): answer is Unmet {
  if (typeof answer !== 'object' || answer === null || !('reason' in answer)) return false;
  const { reason } = answer;
  if (!isReason(reason) || REASONS[reason].step !== 'requirement') return false;
  return isListIfPresent(answer, 'scopes') && isListIfPresent(answer, 'acrValues');
}

function isListIfPresent(answer: object, name: 'scopes' | 'acrValues'): boolean {
  const list: unknown = Reflect.get(answer, name);
  return list === undefined || isStringList(list);
}

function isReason(value: unknown): value is Unmet['reason'] {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}
