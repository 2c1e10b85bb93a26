import {
  createSenderConstraint,
  type SenderConstraintOptions,
} from '../binding/sender-constraint.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { Clock } from '../lib/clock.ts';
import { andThen, isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { type HeldToken, heldTokenOf, holdToken } from '../request/held-token.ts';
import type { Presentation } from '../request/presentation.ts';
import type { ReadOutcome } from '../request/token-reader.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import { type ChecksContext, createChecks } from './checks.ts';
import { createHeapScale } from './heap-weight.ts';
import { createHybridReader, type HybridReaderOptions } from './hybrid-reader.ts';
import { createJwtReader } from './jwt-reader.ts';
import { createLocalClaims } from './local-claims.ts';
import { createRecheck, type Recheck } from './recheck.ts';
import { type ChecksResult, composeChecks } from './run-checks.ts';
import { createTokenCache, type ResolvedTokenCacheOptions } from './token-cache.ts';
import { unsettledReason } from './unsettled.ts';

/** Decides about tokens as they are presented. */
export interface Verifier {
  /**
   * The verified token, or why it is refused. Throws `AuthError`, or rejects with it, where something that the
   * answer depends on has failed.
   */
  verify(presented: Presentation): MaybePromise<ReadOutcome>;
  /** The token that a principal was made of, while it is kept; `undefined` for one that is not ours. */
  heldBy(principal: Principal): HeldToken | undefined;
  readonly recheck: Recheck;
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
  const recheck = createRecheck({ issuers, clock, clockToleranceSec, revocation, readAgain });

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
    remember(presented.token, token);
    return check(token, presented, mayReadAgain);
  }

  function remember(text: string, token: VerifiedToken): VerifiedToken {
    const isCached = cache !== undefined && isKept(token);
    const kept = isCached ? asCached(token) : token;
    if (isCached) cache.set(text, kept);
    holdToken(token.principal, issuers, { token: text, verified: kept });
    return kept;
  }

  function readAgain(text: string): MaybePromise<ReadOutcome> {
    cache?.delete(text);
    return andThen(reader.read(text), (token) =>
      token.principal === undefined ? token : remember(text, token),
    );
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
    return new Refused(unsettledReason(result.readAgain), { issuerName, kind });
  }

  function close(): void {
    cache?.clear();
    reader.close();
  }

  return { verify, heldBy: (principal) => heldTokenOf(principal, issuers), recheck, close };
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
