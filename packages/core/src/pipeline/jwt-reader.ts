import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { isTrue } from '../lib/callback-result.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH } from '../lib/json.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { AuthError, type AuthErrorOptions, isAuthError } from '../model/errors.ts';
import type { Principal, TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { TokenReader } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { signatureCheck } from '../signature/check.ts';
import { createSignatureQueue } from '../signature/queue.ts';
import { hasSecondCore, startSignatureThread } from '../signature/thread.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { type ClaimsRefusal, checkClaims, notBefore } from '../token/claims.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import { buildPrincipal } from './build-principal.ts';
import { validateClaims } from './claims-schema.ts';

/** A token whose algorithm its issuer accepts. Nothing else of it is known yet. */
type AcceptedJws = UnverifiedJws & { readonly header: { readonly algorithm: Algorithm } };

/** What a reader of JWTs is made from. */
export interface JwtReaderOptions {
  readonly clock: Clock;
  /** Longest token that is looked at, in bytes. Default 16,384. */
  readonly maxTokenBytes?: number;
  /** Validates the claims of each token, once. */
  readonly claims: StandardSchemaV1 | undefined;
  /** Whether signatures may be verified on a thread of their own under load. */
  readonly signatureThread: boolean;
}

/**
 * Reads signed JWTs: parse, issuer, key, signature, claims, principal (RFC 9068 §4, RFC 7515 §5.2).
 * It does not check what a request has to prove (a sender constraint), nor whether the token was
 * revoked: the checks do.
 */
export function createJwtReader(
  issuers: Issuers,
  { clock, claims: schema, maxTokenBytes, signatureThread }: JwtReaderOptions,
): TokenReader {
  const parse = createJwsParser(maxTokenBytes);
  const signatures = createSignatureQueue(
    signatureThread && hasSecondCore() ? startSignatureThread : undefined,
  );

  function read(token: string): MaybePromise<VerifiedToken> {
    const jws = parse(token);
    if (typeof jws === 'string') throw new AuthError(jws);
    return andThen(issuers.find(jws.claims), (issuer) => withIssuer(jws, issuer));
  }

  function withIssuer(
    jws: UnverifiedJws,
    issuer: TrustedIssuer | undefined,
  ): MaybePromise<VerifiedToken> {
    if (issuer === undefined) throw new AuthError('issuer_unknown');
    if (!isAcceptedBy(issuer, jws)) return refuse(issuer, 'algorithm_not_allowed');
    const { algorithm, kid } = jws.header;
    return andThen(
      issuer.keySet.find({ algorithm, kid }),
      (key) => withKey(jws, issuer, key),
      (error) => refuseBecause(issuer, error),
    );
  }

  function withKey(
    jws: AcceptedJws,
    issuer: TrustedIssuer,
    key: VerificationKey,
  ): MaybePromise<VerifiedToken> {
    return andThen(isSignedBy(key, jws, issuer), (valid) =>
      valid ? withSignature(jws, issuer, key) : withReplacement(jws, issuer, key),
    );
  }

  function isSignedBy(
    key: VerificationKey,
    { claims, header, signingInput, signature }: AcceptedJws,
    issuer: TrustedIssuer,
  ): MaybePromise<boolean> {
    const { keyServes } = issuer.provider;
    if (keyServes !== undefined && !isTrue(keyServes(key.issuer, claims))) {
      return refuse(issuer, 'key_unknown');
    }
    const check = signatureCheck(header.algorithm, key, signingInput, signature);
    return check !== undefined && signatures.verify(check);
  }

  // A token without kid gives no sign that its issuer replaced the key: its signature is the sign.
  function withReplacement(
    jws: AcceptedJws,
    issuer: TrustedIssuer,
    failed: VerificationKey,
  ): MaybePromise<VerifiedToken> {
    const { algorithm, kid } = jws.header;
    if (kid !== undefined) return refuse(issuer, 'signature_invalid');
    return andThen(
      issuer.keySet.find({ algorithm, kid, failed }),
      (key) =>
        // One more try and no further: each may have cost a fetch.
        andThen(isSignedBy(key, jws, issuer), (valid) =>
          valid ? withSignature(jws, issuer, key) : refuse(issuer, 'signature_invalid'),
        ),
      (error) =>
        isAuthError(error) && error.reason === 'key_unknown'
          ? refuse(issuer, 'signature_invalid')
          : refuseBecause(issuer, error),
    );
  }

  function withSignature(
    { claims, header }: AcceptedJws,
    issuer: TrustedIssuer,
    key: VerificationKey,
  ): MaybePromise<VerifiedToken> {
    // Freeze only after the signature is verified: unauthenticated input is not worth the work.
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) throw new AuthError('token_malformed');
    const { provider, policy } = issuer;
    const { parameters } = header;
    // The preset's functions may be the operator's own (custom): a throw there is our outage.
    const refusal = attempt(issuer, 'classification_failed', () =>
      checkClaims(claims, parameters, policy, epochSeconds(clock)),
    );
    if (refusal !== undefined) return refuseFor(issuer, refusal);
    const classification = attempt(issuer, 'classification_failed', () =>
      provider.classify(claims, parameters),
    );

    return andThen(readClaims(issuer, schema, claims), (readable) => {
      const principal = attempt(issuer, 'classification_failed', () =>
        buildPrincipal(provider, classification, claims, parameters, readable),
      );
      if (isRefusal(principal)) return refuseFor(issuer, principal);
      return {
        principal,
        issuer,
        key,
        notBefore: notBefore(claims),
        isBound: Object.hasOwn(claims, 'cnf'),
        rule: classification.rule,
        cached: false,
      };
    });
  }

  // The only form that is understood so far: whatever is not a JWT is refused by its parser.
  return { reads: () => true, read, close: () => signatures.close() };
}

function isAcceptedBy(issuer: TrustedIssuer, jws: UnverifiedJws): jws is AcceptedJws {
  const { algorithm } = jws.header;
  return algorithm !== undefined && issuer.algorithms.includes(algorithm);
}

function readClaims(
  issuer: TrustedIssuer,
  schema: StandardSchemaV1 | undefined,
  claims: TokenClaims,
): MaybePromise<object> {
  if (schema === undefined) return claims;
  return andThen(
    attempt(issuer, 'claims_check_failed', () => validateClaims(schema, claims)),
    (output) => output ?? refuse(issuer, 'claims_rejected'),
    (cause) => refuse(issuer, 'claims_check_failed', { cause }),
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
    return refuse(issuer, reason, { cause });
  }
}

function refuse(issuer: TrustedIssuer, reason: AuthErrorReason, options?: AuthErrorOptions): never {
  throw new AuthError(reason, { ...options, issuerName: issuer.name });
}

// An own member: a polluted prototype would refuse every token.
function isRefusal(result: Principal | ClaimsRefusal): result is ClaimsRefusal {
  return Object.hasOwn(result, 'reason');
}

function refuseFor(issuer: TrustedIssuer, { reason, ...fault }: ClaimsRefusal): never {
  return refuse(issuer, reason, { fault });
}

function refuseBecause(issuer: TrustedIssuer, error: unknown): never {
  if (!isAuthError(error)) throw error;
  throw new AuthError(error.reason, {
    ...error.details,
    cause: error.cause,
    issuerName: issuer.name,
  });
}
