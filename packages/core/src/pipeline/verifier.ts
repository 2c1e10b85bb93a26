import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import { deepFreeze, MAX_JSON_DEPTH } from '../lib/json.ts';
import { andThen } from '../lib/maybe-promise.ts';
import { AuthError, type AuthErrorOptions, isAuthError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { AuthErrorReason } from '../model/reasons.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { signatureCheck } from '../signature/check.ts';
import { createSignatureQueue } from '../signature/queue.ts';
import { hasSecondCore, startSignatureThread } from '../signature/thread.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import { checkClaims, checkTime, notBefore } from '../token/claims.ts';
import { createJwsParser, type UnverifiedJws } from '../token/jws.ts';
import { buildPrincipal } from './build-principal.ts';
import { validateClaims } from './claims-schema.ts';
import { createHeapScale } from './heap-weight.ts';
import { createTokenCache, type ResolvedTokenCacheOptions } from './token-cache.ts';

/** Verifies access tokens: from a string to a principal, or an `AuthError`. */
export interface Verifier {
  verify(token: string): VerifiedToken | Promise<VerifiedToken>;
  /** Forgets every verified token, and ends the thread that verified signatures. */
  close(): void;
}

/** What a verifier is made from. */
export interface VerifierOptions {
  readonly clock: Clock;
  readonly clockToleranceSec: number;
  /** Longest token that is looked at. Default 16,384. */
  readonly maxTokenBytes?: number;
  /** Bounds of the cache of verified tokens; `undefined` for none. */
  readonly cache: ResolvedTokenCacheOptions | undefined;
  readonly claims: StandardSchemaV1 | undefined;
  readonly signatureThread: boolean;
}

/**
 * The way of a token: parse, issuer, key, signature, claims, principal, sender constraint (RFC 9068
 * §4, RFC 7515 §5.2). A token seen before takes a lookup, the time checks and the key's liveness.
 */
export function createVerifier(issuers: Issuers, options: VerifierOptions): Verifier {
  const { clock, clockToleranceSec, claims: schema } = options;
  const parse = createJwsParser(options.maxTokenBytes);
  const cache = options.cache && createTokenCache<VerifiedToken>(options.cache, createHeapScale());
  const signatures = createSignatureQueue(
    options.signatureThread && hasSecondCore() ? startSignatureThread : undefined,
  );

  function verify(token: string): VerifiedToken | Promise<VerifiedToken> {
    const seen = cache?.get(token);
    if (
      seen !== undefined &&
      issuers.isCurrent(seen.issuer) &&
      seen.issuer.keySet.isLive(seen.key)
    ) {
      return stillTimely(token, seen);
    }

    const jws = parse(token);
    if (typeof jws === 'string') throw new AuthError(jws);
    return andThen(issuers.find(jws.claims), (issuer) => withIssuer(token, jws, issuer));
  }

  function stillTimely(token: string, seen: VerifiedToken): VerifiedToken {
    const { expiresAt } = seen.principal;
    const untimely = checkTime(expiresAt, seen.notBefore, clockToleranceSec, epochSeconds(clock));
    if (untimely === undefined) return seen;
    cache?.delete(token);
    return refuse(seen.issuer, untimely);
  }

  function withIssuer(
    token: string,
    jws: UnverifiedJws,
    issuer: TrustedIssuer | undefined,
  ): VerifiedToken | Promise<VerifiedToken> {
    if (issuer === undefined) throw new AuthError('issuer_unknown');
    const { algorithm, kid } = jws.header;
    if (!issuer.algorithms.includes(algorithm)) return refuse(issuer, 'algorithm_not_allowed');
    return andThen(
      issuer.keySet.find({ algorithm, kid }),
      (key) => withKey(token, jws, issuer, key),
      (error) => refuseBecause(issuer, error),
    );
  }

  function withKey(
    token: string,
    jws: UnverifiedJws,
    issuer: TrustedIssuer,
    key: VerificationKey,
  ): VerifiedToken | Promise<VerifiedToken> {
    return andThen(isSignedBy(key, jws, issuer), (valid) =>
      valid ? withSignature(token, jws, issuer, key) : withReplacement(token, jws, issuer, key),
    );
  }

  function isSignedBy(
    key: VerificationKey,
    { claims, header, signingInput, signature }: UnverifiedJws,
    issuer: TrustedIssuer,
  ): boolean | Promise<boolean> {
    const { keyServes } = issuer.provider;
    if (keyServes !== undefined && !keyServes(key.issuer, claims)) {
      return refuse(issuer, 'key_unknown');
    }
    const check = signatureCheck(header.algorithm, key, signingInput, signature);
    return check !== undefined && signatures.verify(check);
  }

  // A token without kid gives no sign that its issuer replaced the key: its signature is the sign.
  function withReplacement(
    token: string,
    jws: UnverifiedJws,
    issuer: TrustedIssuer,
    failed: VerificationKey,
  ): VerifiedToken | Promise<VerifiedToken> {
    const { algorithm, kid } = jws.header;
    if (kid !== undefined) return refuse(issuer, 'signature_invalid');
    return andThen(
      issuer.keySet.find({ algorithm, kid, failed }),
      (key) =>
        // One more try and no further: each may have cost a fetch.
        andThen(isSignedBy(key, jws, issuer), (valid) =>
          valid ? withSignature(token, jws, issuer, key) : refuse(issuer, 'signature_invalid'),
        ),
      (error) =>
        isAuthError(error) && error.reason === 'key_unknown'
          ? refuse(issuer, 'signature_invalid')
          : refuseBecause(issuer, error),
    );
  }

  function withSignature(
    token: string,
    { claims, header }: UnverifiedJws,
    issuer: TrustedIssuer,
    key: VerificationKey,
  ): VerifiedToken | Promise<VerifiedToken> {
    // Not before: what anybody may send is not worth the walk.
    if (!deepFreeze(claims, MAX_JSON_DEPTH)) return refuse(issuer, 'token_malformed');
    const { provider, policy } = issuer;
    const { parameters } = header;
    // The preset's functions may be the operator's own (custom): a throw there is our outage.
    const classification = attempt(issuer, 'classification_failed', () => {
      const reason = checkClaims(claims, parameters, policy, epochSeconds(clock));
      return reason ?? provider.classify(claims, parameters);
    });
    if (typeof classification === 'string') return refuse(issuer, classification);

    return andThen(readClaims(issuer, schema, claims), (readable) => {
      const principal = attempt(issuer, 'classification_failed', () =>
        buildPrincipal(provider, classification, claims, parameters, readable),
      );
      if (typeof principal === 'string') return refuse(issuer, principal);
      // RFC 7800: a bound token is worth nothing without the proof, and no proof is understood yet.
      if (Object.hasOwn(claims, 'cnf')) return refuse(issuer, 'sender_constraint_unsupported');
      const { rule } = classification;
      const nbf = notBefore(claims);
      cache?.set(token, { principal, issuer, key, notBefore: nbf, rule, cached: true });
      return { principal, issuer, key, notBefore: nbf, rule, cached: false };
    });
  }

  function close(): void {
    cache?.clear();
    signatures.close();
  }

  return { verify, close };
}

function readClaims(
  issuer: TrustedIssuer,
  schema: StandardSchemaV1 | undefined,
  claims: TokenClaims,
): object | Promise<object> {
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

function refuseBecause(issuer: TrustedIssuer, error: unknown): never {
  if (!isAuthError(error)) throw error;
  throw new AuthError(error.reason, {
    ...error.details,
    cause: error.cause,
    issuerName: issuer.name,
  });
}
