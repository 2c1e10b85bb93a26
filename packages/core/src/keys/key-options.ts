import { checkOptions } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * How the keys of an issuer are fetched and kept. Every member is optional; the defaults suit
 * production. One record serves every issuer of a resource server, each with its own state.
 * Fractions are allowed wherever the unit is time.
 */
export interface KeyOptions {
  /**
   * How long a fetched set counts as fresh when its response has no usable `Cache-Control: max-age`
   * (none, `no-cache` or `no-store`; RFC 9111 §5.2.2). Seconds, 0.1 to 86,400. Default 600.
   */
  readonly freshForSec?: number;
  /**
   * Least freshness that a response's `max-age` can ask for; a smaller one is raised to it. Seconds,
   * 0.1 to 86,400, at most `freshForMaxSec`. Default 300. It does not bound `freshForSec`.
   */
  readonly freshForMinSec?: number;
  /**
   * Most freshness that a response's `max-age` can ask for; a larger one is cut to it. It bounds how
   * long a withdrawn key goes on verifying. Seconds, 0.1 to 86,400. Default 3,600.
   */
  readonly freshForMaxSec?: number;
  /**
   * The part of freshness after which a request starts a refresh that nobody waits for. The point is
   * up to a tenth earlier, at random, so that processes do not fetch in step. 0.1 to 0.95. Default 0.8.
   */
  readonly refreshAheadRatio?: number;
  /**
   * How long known keys stay in use after they are no longer fresh, while the endpoint fails; afterwards requests
   * are refused with `keys_unavailable` (503). A stored snapshot obeys it too. Seconds, 0 to 604,800.
   * Default 21,600 (6 h).
   */
  readonly staleForSec?: number;
  /**
   * Limits the fetches that are caused by tokens whose key is not known: the token names an unknown `kid`, or names none and
   * no key verifies it. Three such fetches are allowed at once, and one more after every so many seconds,
   * whether they succeed or not: in any minute at most 3 + 60 / `unknownKidCooldownSec`. During a flood of made-up
   * key ids, a key that was published without notice may stay unknown for this long.
   * Seconds, 0.1 to 300. Default 5.
   */
  readonly unknownKidCooldownSec?: number;
  /**
   * Time limit of one refresh: connections, headers and bodies of the metadata and of the key set
   * together. No request waits longer for keys, with one exception: a token without `kid` whose signature fails may
   * wait for two refreshes. Milliseconds, 50 to 60,000. Default 5,000.
   */
  readonly fetchTimeoutMs?: number;
  /** Largest response body, after decompression. Bytes, 1,024 to 16,777,216. Default 524,288. */
  readonly maxBytes?: number;
  /** Most usable keys that are taken from a set; the rest is ignored. 1 to 1,000. Default 100. */
  readonly maxKeys?: number;
  /**
   * Pause after a first failed refresh; it doubles with each further failure up to `backoffMaxMs`,
   * and each pause is up to a half shorter, at random. Milliseconds, 50 to 3,600,000, at most
   * `backoffMaxMs`. Default 1,000.
   */
  readonly backoffInitialMs?: number;
  /**
   * Longest pause between failed refreshes, and so the longest time until a recovered endpoint is noticed.
   * Milliseconds, 50 to 3,600,000. Default 30,000.
   */
  readonly backoffMaxMs?: number;
}

/** {@link KeyOptions} checked and complete, all times in milliseconds. Frozen. */
export interface ResolvedKeyOptions {
  readonly freshForMs: number;
  readonly freshForMinMs: number;
  readonly freshForMaxMs: number;
  readonly refreshAheadRatio: number;
  readonly staleForMs: number;
  readonly unknownKidCooldownMs: number;
  readonly fetchTimeoutMs: number;
  readonly maxBytes: number;
  readonly maxKeys: number;
  readonly backoffInitialMs: number;
  readonly backoffMaxMs: number;
}

interface Rule {
  readonly standard: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: true;
}

const DAY_SEC = 86_400;
const HOUR_MS = 3_600_000;

const RULES: Readonly<Record<keyof KeyOptions, Rule>> = {
  freshForSec: { standard: 600, min: 0.1, max: DAY_SEC },
  freshForMinSec: { standard: 300, min: 0.1, max: DAY_SEC },
  freshForMaxSec: { standard: 3_600, min: 0.1, max: DAY_SEC },
  refreshAheadRatio: { standard: 0.8, min: 0.1, max: 0.95 },
  staleForSec: { standard: 21_600, min: 0, max: 7 * DAY_SEC },
  unknownKidCooldownSec: { standard: 5, min: 0.1, max: 300 },
  fetchTimeoutMs: { standard: 5_000, min: 50, max: 60_000 },
  maxBytes: { standard: 512 * 1024, min: 1024, max: 16 * 1024 * 1024, whole: true },
  maxKeys: { standard: 100, min: 1, max: 1_000, whole: true },
  backoffInitialMs: { standard: 1_000, min: 50, max: HOUR_MS },
  backoffMaxMs: { standard: 30_000, min: 50, max: HOUR_MS },
};

/**
 * Checks {@link KeyOptions} and fills in the defaults. Throws a {@link ConfigurationError} that
 * names the line to write for a member that is unknown, not a number or out of range.
 */
export function resolveKeyOptions(options: KeyOptions = {}): ResolvedKeyOptions {
  checkOptions('keys', options, RULES);
  const resolved: ResolvedKeyOptions = {
    freshForMs: numberOf(options, 'freshForSec') * 1_000,
    freshForMinMs: numberOf(options, 'freshForMinSec') * 1_000,
    freshForMaxMs: numberOf(options, 'freshForMaxSec') * 1_000,
    refreshAheadRatio: numberOf(options, 'refreshAheadRatio'),
    staleForMs: numberOf(options, 'staleForSec') * 1_000,
    unknownKidCooldownMs: numberOf(options, 'unknownKidCooldownSec') * 1_000,
    fetchTimeoutMs: numberOf(options, 'fetchTimeoutMs'),
    maxBytes: numberOf(options, 'maxBytes'),
    maxKeys: numberOf(options, 'maxKeys'),
    backoffInitialMs: numberOf(options, 'backoffInitialMs'),
    backoffMaxMs: numberOf(options, 'backoffMaxMs'),
  };
  if (resolved.freshForMinMs > resolved.freshForMaxMs) {
    throw new ConfigurationError(
      'keys.freshForMinSec is larger than keys.freshForMaxSec. Write: keys: { freshForMinSec: 300, freshForMaxSec: 3600 }',
    );
  }
  if (resolved.backoffInitialMs > resolved.backoffMaxMs) {
    throw new ConfigurationError(
      'keys.backoffInitialMs is larger than keys.backoffMaxMs. Write: keys: { backoffInitialMs: 1000, backoffMaxMs: 30000 }',
    );
  }
  return Object.freeze(resolved);
}

function numberOf(options: KeyOptions, name: keyof typeof RULES): number {
  const { standard, min, max, whole } = RULES[name];
  const value: unknown = options[name];
  if (value === undefined) return standard;
  const fits =
    typeof value === 'number' &&
    value >= min &&
    value <= max &&
    (!whole || Number.isInteger(value));
  if (fits) return value;
  const kind = whole ? 'a whole number' : 'a number';
  throw new ConfigurationError(
    `keys.${name} must be ${kind} from ${min} to ${max}. Write: keys: { ${name}: ${standard} }`,
  );
}
