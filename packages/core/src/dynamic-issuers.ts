import { LRUCache } from 'lru-cache';
import { AuthError } from './errors.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import type { Issuers } from './issuers.ts';
import type { IssuerEntry, IssuerResolver } from './options.ts';
import type { TokenClaims } from './principal.ts';
import type { Provider } from './providers/provider.ts';
import { type ResolvedOptions, resolveEntry } from './resolve-options.ts';
import { settle } from './settle.ts';

/** No issuer identifier is longer; a stranger's text is not kept as a key beyond this. */
const MAX_ISS_LENGTH = 2_048;
/** A flood of made-up issuers must not become as many questions to a database at once. */
const MAX_FLIGHTS = 128;
/** Unknown issuers remembered for each known one that may be kept. */
const UNKNOWN_PER_KNOWN = 4;

interface Found {
  readonly issuer: Issuer;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Issuers that a resolver finds by `iss`, for tenants in a database. Each is asked for once at a time
 * and remembered for a while, found or not, in bounded memory; strangers' issuers never push out
 * known ones. Each issuer has its own keys, so that one tenant's outage is not another's.
 */
export function createDynamicIssuers(resolver: IssuerResolver, options: ResolvedOptions): Issuers {
  const { clock, issuerCache } = options;
  const { maxIssuers, foundForSec, unknownForSec, timeoutMs } = issuerCache;
  // What is pushed out is not closed: requests may wait for its keys, and idle keys hold no resource.
  const found = new LRUCache<string, Found>({ max: maxIssuers });
  /** The `iss` that each issuer was asked for by. */
  const askedBy = new WeakMap<Issuer, string>();
  const unknown = new LRUCache<string, number>({ max: maxIssuers * UNKNOWN_PER_KNOWN });
  const flights = new Map<string, Promise<Issuer | undefined>>();

  // Many a database client answers null for no row.
  function remember(iss: string, entry: IssuerEntry | null | undefined): Issuer | undefined {
    if (entry === undefined || entry === null) {
      found.delete(iss);
      unknown.set(iss, clock.now() + unknownForSec * 1000);
      return undefined;
    }
    const resolved = resolveEntry(entry, entry.audience);
    const { provider } = resolved;
    if (provider.names === undefined && provider.issuer !== iss) {
      throw new TypeError(
        'The issuer that the resolver returned has another iss than was asked for',
      );
    }
    const known = found.peek(iss)?.issuer;
    const sameKeys = known !== undefined && keysOf(known.provider) === keysOf(provider);
    const issuer = createIssuer(resolved, options, sameKeys ? known.keySet : undefined);
    askedBy.set(issuer, iss);
    unknown.delete(iss);
    found.set(iss, { issuer, until: clock.now() + foundForSec * 1000 });
    return issuer;
  }

  function resolve(iss: string): Issuer | undefined | Promise<Issuer | undefined> {
    if (flights.size >= MAX_FLIGHTS) throw new AuthError('issuer_unavailable');
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const answer = resolver(iss, { signal });
      if (!(answer instanceof Promise)) return remember(iss, answer);
      const flight = Promise.race([answer, rejectOnAbort(signal)])
        .then((entry) => remember(iss, entry))
        .catch(unavailable)
        .finally(() => flights.delete(iss));
      flights.set(iss, flight);
      return flight;
    } catch (cause) {
      return unavailable(cause);
    }
  }

  function lookUp(iss: string): Issuer | undefined | Promise<Issuer | undefined> {
    const now = clock.now();
    const known = found.get(iss);
    if (known !== undefined && now < known.until) return known.issuer;
    const unknownUntil = unknown.get(iss);
    if (unknownUntil !== undefined && now < unknownUntil) return undefined;
    return flights.get(iss) ?? resolve(iss);
  }

  return {
    find(claims) {
      const iss = Object.hasOwn(claims, 'iss') ? claims.iss : undefined;
      if (typeof iss !== 'string' || iss === '' || iss.length > MAX_ISS_LENGTH) return undefined;
      return settle(lookUp(iss), (issuer) =>
        issuer !== undefined && isNamed(issuer, claims) ? issuer : undefined,
      );
    },
    isCurrent(issuer) {
      const known = found.get(askedBy.get(issuer) ?? '');
      return known !== undefined && known.issuer === issuer && clock.now() < known.until;
    },
    async ready() {},
    close() {
      for (const { issuer } of found.values()) issuer.keySet.close();
      found.clear();
      unknown.clear();
    },
  };
}

/** What a key set is made from: two providers with the same text can share one. */
function keysOf({ issuer, keys, keyUses }: Provider): string {
  return JSON.stringify([issuer, keys, keyUses]);
}

// An entry without `names` was found by its own `iss`; another one may stand for many issuers.
function isNamed({ provider }: Issuer, claims: TokenClaims): boolean {
  return provider.names === undefined || provider.names(claims) === true;
}

function unavailable(cause: unknown): never {
  throw new AuthError('issuer_unavailable', { cause });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
