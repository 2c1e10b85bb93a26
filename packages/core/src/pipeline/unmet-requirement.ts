import { schemeOf } from '../http/schemes.ts';
import type { Principal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { askedScopes } from '../requirement/asked-scopes.ts';
import { evaluate, scopesNeeded } from '../requirement/evaluate.ts';
import type { EvaluationContext, Requirement } from '../requirement/requirement.ts';
import { issuerNameOf } from './issuer-name-of.ts';

/** What a route needs, up to the guard that asks. */
export interface RouteRequirements {
  /** Those of the guards that the request has passed. */
  readonly passed: readonly Requirement[];
  readonly requirement: Requirement;
}

/**
 * The refusal of a principal (`undefined` for an anonymous request) that does not meet a requirement;
 * `undefined` when it is met. A challenge names the scopes of the earlier guards too, so that the next
 * token suffices for all (RFC 6750 §3).
 */
export function unmetRequirement(
  principal: Principal | undefined,
  { passed, requirement }: RouteRequirements,
  context: EvaluationContext,
): Refused | undefined {
  if (principal === undefined) return anonymous(requirement, passed);
  const answer = evaluate(requirement, principal, context);
  if (answer === undefined) return undefined;
  const { reason, cause, scopes, ...rest } = answer;
  const known = {
    cause,
    issuerName: issuerNameOf(principal),
    kind: principal.kind,
    requirement: requirement.description,
  };
  const details = { ...rest, scheme: schemeOf(principal) };
  if (scopes === undefined) return new Refused(reason, known, details);
  const earlier = passed.flatMap((each) => scopesNeeded(each, principal, context));
  const needed = [...new Set([...earlier, ...scopes])];
  return new Refused(reason, known, { ...details, scopes: needed });
}

// RFC 6750 §3.1 forbids an error code where there are no credentials, not the scopes to ask for.
function anonymous(requirement: Requirement, passed: readonly Requirement[]): Refused {
  const scopes = [...new Set([...passed, requirement].flatMap(askedScopes))];
  const details = scopes.length === 0 ? {} : { scopes };
  return new Refused('credentials_missing', { requirement: requirement.description }, details);
}
