import { schemeOf } from '../http/schemes.ts';
import type { Principal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { askedScopes } from '../requirement/asked-scopes.ts';
import { evaluate, scopesNeeded } from '../requirement/evaluate.ts';
import type { EvaluationContext, Requirement } from '../requirement/requirement.ts';
import { issuerNameOf } from './issuer-name-of.ts';

/** The requirements of a route, up to the current guard. */
export interface RouteRequirements {
  /** The requirements of the guards that the request has already passed. */
  readonly passed: readonly Requirement[];
  /** The requirement of the current guard. */
  readonly requirement: Requirement;
}

/**
 * Checks a principal (`undefined` for an anonymous request) against a requirement. Gives `undefined` when it
 * is met, and otherwise the refusal. A refusal that asks for scopes names the scopes of the earlier guards
 * too, so that the client's next token is enough for the whole route (RFC 6750 §3).
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

// RFC 6750 §3.1: without credentials the challenge has no error code. It may still name the needed scopes.
function anonymous(requirement: Requirement, passed: readonly Requirement[]): Refused {
  const scopes = [...new Set([...passed, requirement].flatMap(askedScopes))];
  const details = scopes.length === 0 ? {} : { scopes };
  return new Refused('credentials_missing', { requirement: requirement.description }, details);
}
