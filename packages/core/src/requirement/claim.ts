import { ConfigurationError } from '../model/errors.ts';
import type { Principal, RegisteredClaims } from '../model/principal.ts';
import { show } from './arguments.ts';
import { isProgrammingMistake, refusePromise } from './programming-mistake.ts';
import { NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';
import { requirementFailed } from './requirement-failed.ts';

const CLAIM_UNMET: Unmet = Object.freeze({ reason: 'claim_unmet' });

/**
 * A condition on the claims that no other requirement covers: `test` decides.
 *
 * ```ts
 * authorize(claim((claims) => claims.plan === 'pro', 'plan pro'))
 * ```
 *
 * Only exactly `true` passes; anything else is `claim_unmet`. A test that throws gives `requirement_failed`
 * (503): the fault is the API's, not the token's. A test that returns a promise is a mistake of the
 * application: a `TypeError` names it, and the answer is 500.
 *
 * `test` should be quick and pure: it runs on every request, and may run again for the challenge.
 * The claims are those of {@link RegisteredClaims}; another type `C` is your own statement, and is checked only
 * by the schema given to `createResourceServer({ claims })`.
 *
 * @param description What is needed, in words, for documentation: fixed text.
 * @throws ConfigurationError when `test` is no function or `description` is empty.
 */
export function claim<C = RegisteredClaims>(
  test: (claims: C, principal: Principal<C>) => boolean,
  description: string,
): Requirement;
export function claim(
  test: (claims: RegisteredClaims, principal: Principal) => boolean,
  description: string,
): Requirement {
  if (typeof test !== 'function' || typeof description !== 'string' || description === '') {
    const what = typeof test !== 'function' ? show(test) : show(description);
    throw new ConfigurationError(
      `claim() takes a function and a description, not ${what}: write claim((claims) => claims.plan === 'pro', 'plan pro')`,
    );
  }
  return Object.freeze<Requirement>({
    description,
    scopes: NO_SCOPES,
    evaluate(principal) {
      try {
        const answer: unknown = test(principal.claims, principal);
        refusePromise(`The test of claim(…, ${show(description)})`, answer);
        return answer === true ? undefined : CLAIM_UNMET;
      } catch (cause) {
        if (isProgrammingMistake(cause)) throw cause;
        return requirementFailed(cause);
      }
    },
  });
}
