import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { ownString } from '../lib/own-property.ts';
import { AuthError } from '../model/errors.ts';
import type { Principal, TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { Classification, Provider } from '../providers/provider.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import { type ClaimsRefusal, notBefore } from '../token/claims.ts';
import { buildPrincipal } from './build-principal.ts';
import { validateClaims } from './claims-schema.ts';
import { refuse, refuseFor } from './refuse-token.ts';

/** Claims whose origin is verified (by a signature, or as the answer of the issuer), and how to read them. */
export interface TrustedClaims {
  readonly issuer: TrustedIssuer;
  /** The key of the token's signature; `undefined` for an opaque token. */
  readonly key: VerificationKey | undefined;
  /** Deeply frozen. */
  readonly claims: TokenClaims;
  readonly header: TokenHeader;
  readonly source: Principal['source'];
  /** The preset that the principal is made by. */
  readonly provider: Provider;
  /** Checks the claims, and gives the refusal if they are not accepted. Left out if they were checked before. */
  readonly check?: () => ClaimsRefusal | undefined;
  /** Decides whether a user or a client is calling. */
  readonly classify: () => Classification;
  /** `true` when the token is bound to its sender although these claims may not say so. */
  readonly isBound?: boolean;
  /** Milliseconds since the epoch, as in {@link VerifiedToken}. */
  readonly readAt?: number | undefined;
  readonly readAgainAt?: number | undefined;
}

/**
 * Makes the verified token from claims, by the preset and the application's schema, or gives the refusal.
 *
 * Throws (or rejects with) an `AuthError` when a function of the preset (`classification_failed`) or the schema
 * (`claims_check_failed`) throws. Both may be the operator's own code, and its error is an outage (503), not a
 * fault of the token.
 */
export function tokenFromClaims(
  { issuer, claims, header, source, provider, check, classify, ...rest }: TrustedClaims,
  schema: StandardSchemaV1 | undefined,
): MaybePromise<ReadOutcome> {
  const refusal = check && attempt(issuer, 'classification_failed', check);
  if (refusal !== undefined) return refuseFor(issuer, refusal);
  const classification = attempt(issuer, 'classification_failed', classify);

  return andThen(readClaims(issuer, schema, claims), (readable): ReadOutcome => {
    if (readable === undefined) return refuse(issuer, 'claims_rejected');
    const principal = attempt(issuer, 'classification_failed', () =>
      buildPrincipal(provider, classification, claims, header, readable, source),
    );
    if (isRefusal(principal)) return refuseFor(issuer, principal);
    return {
      principal,
      issuer,
      key: rest.key,
      notBefore: notBefore(claims),
      subject: ownString(claims, 'sub'),
      isBound: rest.isBound === true || Object.hasOwn(claims, 'cnf'),
      readAt: rest.readAt,
      readAgainAt: rest.readAgainAt,
      rule: classification.rule,
      cached: false,
    };
  });
}

// Own members only: with a `reason` on a polluted prototype, every token would be refused.
function isRefusal(result: Principal | ClaimsRefusal): result is ClaimsRefusal {
  return Object.hasOwn(result, 'reason');
}

function readClaims(
  issuer: TrustedIssuer,
  schema: StandardSchemaV1 | undefined,
  claims: TokenClaims,
): MaybePromise<object | undefined> {
  if (schema === undefined) return claims;
  return andThen(
    attempt(issuer, 'claims_check_failed', () => validateClaims(schema, claims)),
    (output) => output,
    (cause) => fail(issuer, 'claims_check_failed', cause),
  );
}

function attempt<Result>(
  issuer: TrustedIssuer,
  reason: AuthErrorReason,
  run: () => Result,
): Result {
  try {
    return run();
  } catch (cause) {
    return fail(issuer, reason, cause);
  }
}

function fail({ name }: TrustedIssuer, reason: AuthErrorReason, cause: unknown): never {
  throw new AuthError(reason, { cause, issuerName: name });
}
