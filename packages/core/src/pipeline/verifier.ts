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

/** Verifies tokens, with a cache. */
export interface Verifier {
  /**
   * Gives the verified token, or the refusal. A refusal may also be thrown (or rejected) as an `AuthError`: mainly when
   * the application's own code failed, such as a preset's function, the claims schema or an issuer resolver.
   */
  verify(presented: Presentation): MaybePromise<ReadOutcome>;
  /** The token that a principal was made from; `undefined` for a principal that this verifier did not make. */
  heldBy(principal: Principal): HeldToken | undefined;
  readonly recheck: Recheck;
  /** Empties the cache, and ends the thread that verifies signatures. */
  close(): void;
}

/** What a verifier is made from. */
export interface VerifierOptions
  extends HybridReaderOptions,
    SenderConstraintOptions,
    Pick<ChecksContext, 'clockToleranceSec' | 'revocation'> {
  readonly clock: Clock;
  /** With `false` no proof is marked as used. Default `true`. */
  readonly hasEffects?: boolean;
  /** Limits of the cache of verified tokens; `undefined` for no cache. */
  readonly cache: ResolvedTokenCacheOptions | undefined;
}

/**
 * Makes the verifier of a resource server. A token is taken from the cache or read, and then runs through the
 * checks; the list of checks is the same in both cases. A check may ask to read the token again, once in a
 * request. If a check asks a second time, the request is refused with an outage (503).
 */
export function createVerifier(issuers: Issuers, options: VerifierOptions): Verifier {
  const { clock, clockToleranceSec, dpop, mtls, events, hasEffects = true, revocation } = options;
  // Without introspection there are only JWTs, and the simpler reader is enough.
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

  // The token is cached before the checks run: if the request lacks something, such as a proof, the token
  // itself is still good.
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

// Written out member by member: a spread takes many times as long.
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

/** Whether a token may be cached. Not if it must be introspected on each request (`cache: false`). */
function isKept({ readAt, readAgainAt }: VerifiedToken): boolean {
  return readAgainAt === undefined || readAgainAt !== readAt;
}
