import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { AuthError } from '../model/errors.ts';
import type { Principal, TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenHeader } from '../model/token-header.ts';
import type { Classification, Provider } from '../providers/provider.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { ClaimsRefusal } from '../token/claims.ts';
import type { KnownClaims } from '../token/known-claims.ts';
import { buildPrincipal } from './build-principal.ts';
import { validateClaims } from './claims-schema.ts';
import { refuse, refuseFor } from './refuse-token.ts';

/** Claims whose origin is verified (by a signature, or as the answer of the issuer), and how to read them. */
export interface TrustedClaims {
  readonly issuer: TrustedIssuer;
  /** The key of the token's signature; `undefined` for an opaque token. */
  readonly key: VerificationKey | undefined;
  /** Deeply frozen, and checked. */
  readonly claims: TokenClaims;
  /** The same as `knownClaims` reads them. */
  readonly known: KnownClaims;
  readonly header: TokenHeader;
  readonly source: Principal['source'];
  /** The preset that the principal is made by. */
  readonly provider: Provider;
  /** Whether a user or a client is calling, as the preset says. */
  readonly classification: Classification;
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
  trusted: TrustedClaims,
  schema: StandardSchemaV1 | undefined,
): MaybePromise<ReadOutcome> {
  const { issuer, claims } = trusted;
  if (schema === undefined) return verified(trusted, claims);
  return andThen(
    validated(issuer, schema, claims),
    (readable) =>
      readable === undefined ? refuse(issuer, 'claims_rejected') : verified(trusted, readable),
    (cause) => fail(issuer, 'claims_check_failed', cause),
  );
}

/**
 * Asks the preset who is calling. An exception of its rule counts as an outage of this API (503).
 */
export function classified(issuer: TrustedIssuer, classify: () => Classification): Classification {
  try {
    return classify();
  } catch (cause) {
    return classificationFailed(issuer, cause);
  }
}

/** A function of the preset has thrown. */
export function classificationFailed(issuer: TrustedIssuer, cause: unknown): never {
  return fail(issuer, 'classification_failed', cause);
}

// Every member is named, because `...rest` would cost as much as everything else here.
function verified(
  {
    issuer,
    key,
    claims,
    header,
    source,
    provider,
    classification,
    known,
    isBound,
    readAt,
    readAgainAt,
  }: TrustedClaims,
  readable: object,
): ReadOutcome {
  let principal: Principal | ClaimsRefusal;
  try {
    principal = buildPrincipal(provider, classification, claims, header, readable, source, known);
  } catch (cause) {
    return classificationFailed(issuer, cause);
  }
  if (isRefusal(principal)) return refuseFor(issuer, principal);
  return {
    principal,
    issuer,
    key,
    notBefore: known.nbf,
    subject: known.sub,
    isBound: isBound === true || known.cnf !== undefined,
    readAt,
    readAgainAt,
    rule: classification.rule,
    cached: false,
  };
}

// Own members only: with a `reason` on a polluted prototype, every token would be refused.
function isRefusal(result: Principal | ClaimsRefusal): result is ClaimsRefusal {
  return Object.hasOwn(result, 'reason');
}

function validated(
  issuer: TrustedIssuer,
  schema: StandardSchemaV1,
  claims: TokenClaims,
): MaybePromise<object | undefined> {
  try {
    return validateClaims(schema, claims);
  } catch (cause) {
    return fail(issuer, 'claims_check_failed', cause);
  }
}

function fail({ name }: TrustedIssuer, reason: AuthErrorReason, cause: unknown): never {
  throw new AuthError(reason, { cause, issuerName: name });
}
