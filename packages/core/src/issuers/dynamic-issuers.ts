import { LRUCache } from 'lru-cache';
import { abortable } from '../lib/abortable.ts';
import { isTrue } from '../lib/callback-result.ts';
import { andThen, isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import { ownProperty } from '../lib/own-property.ts';
import { AuthError, ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { Provider } from '../providers/provider.ts';
import type { IssuerEntry } from './issuer-entry.ts';
import type { IssuerCacheOptions, IssuerResolver } from './issuer-resolver.ts';
import type { Issuers } from './issuers.ts';
import { resolveEntry } from './resolve-entry.ts';
import { createStrangerQueue } from './stranger-queue.ts';
import { createTrustedIssuer, type IssuerContext, type TrustedIssuer } from './trusted-issuer.ts';

/** No issuer identifier is longer. A longer `iss` of an unverified token is refused and not kept. */
const MAX_ISS_LENGTH = 2_048;
/** Bounds the questions to the resolver's database during a flood of made-up issuers. */
const MAX_FLIGHTS = 128;
/** How many unknown issuers may wait for one of these questions to end. */
const MAX_WAITING = 1_024;
/** Unknown issuers remembered for each known one that may be kept. */
const UNKNOWN_PER_KNOWN = 4;

/** What a resolver's issuers are made from. */
export interface DynamicIssuersContext extends IssuerContext {
  readonly issuerCache: Required<IssuerCacheOptions>;
}

interface Found {
  readonly issuer: TrustedIssuer;
  /** Milliseconds since the epoch. */
  readonly foundAt: number;
}

type Answer = IssuerEntry | null | undefined;

/**
 * Issuers that a resolver finds by `iss`, for tenants in a database. For each issuer at most one question runs
 * at a time. Its answer, found or not, is remembered for a while in bounded memory; unknown issuers never push
 * out known ones. Each issuer has its own keys, so an outage of one tenant does not affect another.
 */
export function createDynamicIssuers(
  resolver: IssuerResolver,
  context: DynamicIssuersContext,
): Issuers {
  const { clock, issuerCache } = context;
  const { maxIssuers, foundForSec, unknownForSec, timeoutMs } = issuerCache;
  // An evicted issuer is not closed: requests may still wait for its keys, and idle keys hold no resource.
  const found = new LRUCache<string, Found>({ max: maxIssuers });
  /** The `iss` by which each issuer was found. */
  const askedBy = new WeakMap<TrustedIssuer, string>();
  /** When each unknown `iss` was looked up and not found. */
  const unknown = new LRUCache<string, number>({ max: maxIssuers * UNKNOWN_PER_KNOWN });
  /** Questions about issuers that were found before. They are not queued behind a flood of unknown ones. */
  const flights = new Map<string, Promise<TrustedIssuer | undefined>>();
  const strangers = createStrangerQueue<TrustedIssuer | undefined>({
    maxRunning: MAX_FLIGHTS,
    maxWaiting: MAX_WAITING,
    timeoutMs,
  });
  const limits = new Set<AbortController>();
  let closed = false;

  // Many database clients return null when there is no row.
  function remember(iss: string, entry: Answer): TrustedIssuer | undefined {
    if (entry === undefined || entry === null) {
      found.delete(iss);
      unknown.set(iss, clock.now());
      return undefined;
    }
    const resolved = resolveEntry(entry, entry.audience);
    const { provider } = resolved;
    if (resolved.introspection !== undefined) {
      throw new ConfigurationError(
        'An issuer that a resolver returns cannot have introspection: an opaque token names no issuer to look up. Write: issuers: [{ …, introspection: { client } }]',
      );
    }
    if (provider.names === undefined && provider.issuer !== iss) {
      throw new TypeError(
        'The issuer that the resolver returned has another iss than was asked for',
      );
    }
    const known = found.peek(iss)?.issuer;
    const sameKeys = known !== undefined && keysOf(known.provider) === keysOf(provider);
    // An entry from a database must not make us call hosts of the private network by http: https only, or loopback.
    const safe = { ...context, allowHttp: [] };
    const issuer = createTrustedIssuer(resolved, safe, sameKeys ? known.keySet : undefined);
    askedBy.set(issuer, iss);
    unknown.delete(iss);
    found.set(iss, { issuer, foundAt: clock.now() });
    return issuer;
  }

  function resolve(iss: string): MaybePromise<TrustedIssuer | undefined> {
    if (closed) throw new AuthError('issuer_unavailable');
    try {
      // An issuer that was found before does not wait behind a flood of unknown ones.
      const isKnown = found.has(iss);
      const answer = isKnown ? ask(iss) : strangers.ask(iss, () => ask(iss));
      if (!isThenable(answer)) return answer;
      const flight = answer.catch(unavailable);
      if (!isKnown) return flight;
      flights.set(iss, flight);
      return flight.finally(() => flights.delete(iss));
    } catch (cause) {
      return unavailable(cause);
    }
  }

  function ask(iss: string): MaybePromise<TrustedIssuer | undefined> {
    const limit = new AbortController();
    const answer = resolver(iss, { signal: limit.signal });
    if (!isThenable(answer)) return remember(iss, answer);
    return inTime(Promise.resolve(answer), limit).then((entry) => remember(iss, entry));
  }

  async function inTime(answer: Promise<Answer>, limit: AbortController): Promise<Answer> {
    const late = () => limit.abort(new DOMException('The resolver took too long', 'TimeoutError'));
    const timer = setTimeout(late, timeoutMs);
    timer.unref();
    limits.add(limit);
    try {
      return await abortable(answer, limit.signal);
    } finally {
      clearTimeout(timer);
      limits.delete(limit);
    }
  }

  function lookUp(iss: string): MaybePromise<TrustedIssuer | undefined> {
    const known = found.get(iss);
    if (known !== undefined && isRecent(known.foundAt, foundForSec)) return known.issuer;
    const notFoundAt = unknown.get(iss);
    if (notFoundAt !== undefined && isRecent(notFoundAt, unknownForSec)) return undefined;
    return flights.get(iss) ?? resolve(iss);
  }

  // A time in the future counts as old: after a clock was set back, nothing stays in the cache for too long.
  function isRecent(at: number, forSec: number): boolean {
    const ageMs = clock.now() - at;
    return ageMs >= 0 && ageMs < forSec * 1_000;
  }

  return {
    find(claims) {
      const iss = ownProperty(claims, 'iss');
      if (typeof iss !== 'string' || iss === '' || iss.length > MAX_ISS_LENGTH) return undefined;
      return andThen(lookUp(iss), (issuer) =>
        issuer !== undefined && isNamed(issuer, claims) ? issuer : undefined,
      );
    },
    isCurrent(issuer) {
      const known = found.get(askedBy.get(issuer) ?? '');
      return known !== undefined && known.issuer === issuer && isRecent(known.foundAt, foundForSec);
    },
    async ready(signal) {
      signal?.throwIfAborted();
    },
    close() {
      closed = true;
      // Known issuers continue with the keys they have, as those of a list do; unknown ones are not looked up any more.
      strangers.close();
      for (const { issuer } of found.values()) issuer.keySet.close();
      for (const limit of limits)
        limit.abort(new DOMException('The server was closed', 'AbortError'));
    },
  };
}

/** A text of what a key set is made from: providers with the same text can share a key set. */
function keysOf({ issuer, keys, keyUses }: Provider): string {
  return JSON.stringify([issuer, keys, keyUses]);
}

// An entry without `names` was found by its own `iss`; an entry with `names` may serve many issuers.
function isNamed({ provider }: TrustedIssuer, claims: TokenClaims): boolean {
  return provider.names === undefined || isTrue(provider.names(claims));
}

function unavailable(cause: unknown): never {
  throw new AuthError('issuer_unavailable', { cause });
}
