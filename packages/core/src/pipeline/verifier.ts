import {
  createSenderConstraint,
  type SenderConstraintOptions,
} from '../binding/sender-constraint.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { Clock } from '../lib/clock.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { AuthErrorReason, Step } from '../model/reasons.ts';
import { Refused } from '../model/refused.ts';
import type { Presentation } from '../request/presentation.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type ChecksContext, createChecks } from './checks.ts';
import { createHeapScale } from './heap-weight.ts';
import { createHybridReader, type HybridReaderOptions } from './hybrid-reader.ts';
import { createJwtReader } from './jwt-reader.ts';
import { createLocalClaims } from './local-claims.ts';
import { type ChecksResult, composeChecks } from './run-checks.ts';
import { createTokenCache, type ResolvedTokenCacheOptions } from './token-cache.ts';

/** Decides about tokens as they are presented. */
export interface Verifier {
  /**
   * The verified token, or why it is refused. Throws `AuthError`, or rejects with it, where something that the
   * answer depends on has failed.
   */
  verify(presented: Presentation): MaybePromise<ReadOutcome>;
  /** Forgets every verified token, and ends the thread that verified signatures. */
  close(): void;
}

/** What a verifier is made from. */
export interface VerifierOptions
  extends HybridReaderOptions,
    SenderConstraintOptions,
    Pick<ChecksContext, 'clockToleranceSec' | 'revocation'> {
  readonly clock: Clock;
  /** `false` to look without any effect: no proof is marked as used. Default `true`. */
  readonly hasEffects?: boolean;
  /** Bounds of the cache of verified tokens; `undefined` for none. */
  readonly cache: ResolvedTokenCacheOptions | undefined;
}

/** What cannot be had when a check asks twice in one request to read a token again. */
const UNSETTLED: Partial<Record<Step, AuthErrorReason>> = {
  issuer: 'issuer_unavailable',
  introspection: 'introspection_unavailable',
  key: 'keys_unavailable',
};

/**
 * A token is taken from the cache or read, and then checked: the same list of checks, whichever it was.
 * A check may send it back to be read again, once in a request; a second time is an outage.
 */
export function createVerifier(issuers: Issuers, options: VerifierOptions): Verifier {
  const { clock, clockToleranceSec, dpop, mtls, events, hasEffects = true, revocation } = options;
  // What is not configured costs nothing: without introspection there is one reader.
  const reader =
    issuers.introspecting === undefined || issuers.introspecting.length === 0
      ? createJwtReader(issuers, options, createLocalClaims(options))
      : createHybridReader(issuers, options);
  const senderConstraint = createSenderConstraint({ dpop, mtls, clock, events });
  const runChecks = composeChecks(
    createChecks({
      issuers,
      clock,
      clockToleranceSec,
      senderConstraint,
      revocation,
      hasEffects,
    }),
  );
  const cache = options.cache && createTokenCache<VerifiedToken>(options.cache, createHeapScale());

  function verify(presented: Presentation): MaybePromise<ReadOutcome> {
    const known = cache?.get(presented.token);
    return known === undefined ? read(presented, true) : check(known, presented, true);
  }

  function read(presented: Presentation, mayReadAgain: boolean): MaybePromise<ReadOutcome> {
    const token = reader.read(presented.token);
    return isThenable(token)
      ? token.then((verified) => keep(verified, presented, mayReadAgain))
      : keep(token, presented, mayReadAgain);
  }

  // Kept before the checks: what a request lacks, such as a proof, is no fault of the token.
  function keep(
    token: ReadOutcome,
    presented: Presentation,
    mayReadAgain: boolean,
  ): MaybePromise<ReadOutcome> {
    if (token.principal === undefined) return token;
    if (isKept(token)) cache?.set(presented.token, asCached(token));
    return check(token, presented, mayReadAgain);
  }

  function check(
    token: VerifiedToken,
    presented: Presentation,
    mayReadAgain: boolean,
  ): MaybePromise<ReadOutcome> {
    const result = runChecks(token, presented);
    if (result === undefined) return token;
    return isThenable(result)
      ? result.then((settled) => conclude(settled, token, presented, mayReadAgain))
      : conclude(result, token, presented, mayReadAgain);
  }

  function conclude(
    result: ChecksResult,
    token: VerifiedToken,
    presented: Presentation,
    mayReadAgain: boolean,
  ): MaybePromise<ReadOutcome> {
    if (result === undefined) return token;
    const issuerName = token.issuer.name;
    const { kind } = token.principal;
    if ('reason' in result) {
      const { reason, details, cause, hint } = result;
      if (reason === 'expired') cache?.delete(presented.token);
      return new Refused(reason, { cause, issuerName, kind, hint }, details);
    }
    cache?.delete(presented.token);
    if (mayReadAgain) return read(presented, false);
    return new Refused(UNSETTLED[result.readAgain] ?? 'keys_unavailable', { issuerName, kind });
  }

  function close(): void {
    cache?.clear();
    reader.close();
  }

  return { verify, close };
}

// Written out: a spread costs many times as much.
function asCached(token: VerifiedToken): VerifiedToken {
  const { principal, issuer, key, notBefore, subject, isBound, readAt, readAgainAt, rule } = token;
  const { signedIds } = token;
  return {
    principal,
    issuer,
    key,
    notBefore,
    subject,
    signedIds,
    isBound,
    readAt,
    readAgainAt,
    rule,
    cached: true,
  };
}

/** Where answers are not kept, a token is asked about each time. */
function isKept({ readAt, readAgainAt }: VerifiedToken): boolean {
  return readAgainAt === undefined || readAgainAt !== readAt;
}
