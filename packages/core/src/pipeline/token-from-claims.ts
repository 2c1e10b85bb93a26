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
import { type KnownClaims, knownClaims } from '../token/known-claims.ts';
import { buildPrincipal } from './build-principal.ts';
import { validateClaims } from './claims-schema.ts';
import { refuse, refuseFor } from './refuse-token.ts';

/** Claims that may be believed, and where they come from. */
export interface TrustedClaims {
  readonly issuer: TrustedIssuer;
  /** The key of a signed token's signature. */
  readonly key: VerificationKey | undefined;
  /** Deeply frozen, and checked. */
  readonly claims: TokenClaims;
  /** The same as `knownClaims` reads them, where that was done. */
  readonly known?: KnownClaims;
  readonly header: TokenHeader;
  readonly source: Principal['source'];
  /** By which preset the principal is read. */
  readonly provider: Provider;
  /** Who is calling, as the preset says. */
  readonly classification: Classification;
  /** Whether something else than these claims says that the token is bound. */
  readonly isBound?: boolean;
  /** See {@link VerifiedToken}. */
  readonly readAt?: number | undefined;
  readonly readAgainAt?: number | undefined;
}

/**
 * Makes the verified token of claims, by the preset and the schema, or says why there is none. The
 * preset's functions may be the operator's own (`custom`): what they throw is an outage of ours, and
 * thrown as an `AuthError`.
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

/** Asks who is calling. What the preset's rule throws is an outage of ours. */
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

// Every member is named: the rest of an object costs as much as all that is done here.
function verified(
  {
    issuer,
    key,
    claims,
    header,
    source,
    provider,
    classification,
    known = knownClaims(claims),
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

// An own member: a polluted prototype would refuse every token.
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
