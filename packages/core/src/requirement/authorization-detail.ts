import { ownProperty, ownString } from '../lib/own-property.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import { show } from './arguments.ts';
import { isProgrammingMistake, refusePromise } from './programming-mistake.ts';
import { NO_SCOPES, type Requirement, type Unmet } from './requirement.ts';
import { requirementFailed } from './requirement-failed.ts';

const MISSING: Unmet = Object.freeze({ reason: 'authorization_detail_missing' });

/** One entry of `authorization_details` (RFC 9396 §2). All but `type` is unchecked: narrow it. */
export interface AuthorizationDetail {
  readonly type: string;
  readonly [member: string]: unknown;
}

/**
 * An entry of the token's `authorization_details` (RFC 9396 §9.1) that has this `type`, compared
 * exactly, and for which `test` returns exactly `true`. One such entry is enough; entries are never
 * combined. Unmet: `authorization_detail_missing`; also when the claim is not an array of objects that each
 * have a string `type`. Where no entry passes and `test` threw: `requirement_failed` (503). A test that answers
 * with a promise is a mistake in the application: a `TypeError` that names it (500).
 *
 * It reads the claims as the principal has them: a claims schema that drops unknown members must
 * keep `authorization_details`. Only `test` knows what an entry means.
 *
 * @throws ConfigurationError when `type` is empty or `test` is no function.
 */
export function authorizationDetail(
  type: string,
  test: (detail: AuthorizationDetail, principal: Principal) => boolean,
): Requirement {
  if (typeof type !== 'string' || type === '' || typeof test !== 'function') {
    const what = typeof test !== 'function' ? show(test) : show(type);
    throw new ConfigurationError(
      `authorizationDetail() takes a type and a function, not ${what}: write authorizationDetail('payment', (detail) => detail.currency === 'EUR')`,
    );
  }
  return Object.freeze<Requirement>({
    description: `authorization detail ${type}`,
    scopes: NO_SCOPES,
    evaluate(principal) {
      const details = detailsOf(principal.claims);
      if (details === undefined) return MISSING;
      let failed: Unmet | undefined;
      for (const detail of details) {
        if (detail.type !== type) continue;
        try {
          const answer: unknown = test(detail, principal);
          refusePromise(`The test of authorizationDetail(${show(type)}, …)`, answer);
          if (answer === true) return undefined;
        } catch (cause) {
          if (isProgrammingMistake(cause)) throw cause;
          failed ??= requirementFailed(cause);
        }
      }
      return failed ?? MISSING;
    },
  });
}

/** The well-formed `authorization_details`; `undefined` when absent or malformed in any entry. */
function detailsOf(claims: unknown): readonly AuthorizationDetail[] | undefined {
  if (typeof claims !== 'object' || claims === null) return undefined;
  const details: unknown = ownProperty(claims, 'authorization_details');
  if (!Array.isArray(details)) return undefined;
  const entries: readonly unknown[] = details;
  return entries.every(isDetail) ? entries : undefined;
}

function isDetail(value: unknown): value is AuthorizationDetail {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return ownString(value, 'type') !== undefined;
}
