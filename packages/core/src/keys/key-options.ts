import { checkOptions } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';

/**
 * How the keys of an issuer are fetched and kept. Every member is optional, and the defaults are meant for production.
 * The same options apply to every issuer of a resource server. Times may have fractions.
 */
export interface KeyOptions {
  /**
   * How long a fetched key set counts as fresh when its response has no `Cache-Control: max-age`, or has `no-cache` or
   * `no-store` (RFC 9111 §5.2.2). Seconds, 0.1 to 86,400. Default 600.
   */
  readonly freshForSec?: number;
  /**
   * The lower limit for the `max-age` of a response: a smaller one is raised to it. It does not limit `freshForSec`.
   * Seconds, 0.1 to 86,400, at most `freshForMaxSec`. Default 300.
   */
  readonly freshForMinSec?: number;
  /**
   * The upper limit for the `max-age` of a response: a larger one is reduced to it. So it also limits how long a key
   * is accepted after its issuer has withdrawn it. Seconds, 0.1 to 86,400. Default 3,600.
   */
  readonly freshForMaxSec?: number;
  /**
   * When a refresh in the background starts, as a share of the time for which the keys are fresh: at 0.8 of 10 minutes
   * the first request after 8 minutes starts it, and no request waits for it. It starts up to a tenth earlier, at
   * random, so that processes do not all fetch at once. 0.1 to 0.95. Default 0.8.
   */
  readonly refreshAheadRatio?: number;
  /**
   * How long known keys stay in use after they are no longer fresh, while they cannot be fetched. After that, requests
   * are refused with `keys_unavailable` (503). It applies to a stored snapshot, too. Seconds, 0 to 604,800. Default
   * 21,600 (6 hours).
   */
  readonly staleForSec?: number;
  /**
   * Limits the fetches that are caused by tokens whose key is not known: the token has an unknown `kid`, or it has no
   * `kid` and no key verifies it. A JWT that is not an access token, such as a security event, also counts if its `kid`
   * is known and no key verifies it. Three such fetches are allowed at once, and then one more per this time, whether
   * they succeed or not. In any minute there are at most 3 + 60 / `unknownKidCooldownSec`. During a flood of made-up key
   * ids, a key that was published without notice may stay unknown for this long. Seconds, 0.1 to 300. Default 5.
   */
  readonly unknownKidCooldownSec?: number;
  /**
   * Time limit of one refresh, metadata and key set together. No request waits longer for keys, with one exception: a
   * token without `kid`, or a JWT that is not an access token, may wait for two refreshes if its signature is not valid.
   * Milliseconds, 50 to 60,000. Default 5,000.
   */
  readonly fetchTimeoutMs?: number;
  /** Size of the largest accepted body, after decompression. Bytes, 1,024 to 16,777,216. Default 524,288. */
  readonly maxBytes?: number;
  /** How many usable keys are taken from a key set; further keys are ignored. 1 to 1,000. Default 100. */
  readonly maxKeys?: number;
  /**
   * Pause after the first failed refresh. It doubles with each further failure, up to `backoffMaxMs`, and is shortened
   * by up to a half, at random. Milliseconds, 50 to 3,600,000, at most `backoffMaxMs`. Default 1,000.
   */
  readonly backoffInitialMs?: number;
  /**
   * The longest pause between failed refreshes. It is also the longest time until we notice that the endpoint works
   * again. Milliseconds, 50 to 3,600,000. Default 30,000.
   */
  readonly backoffMaxMs?: number;
}

/** {@link KeyOptions}, checked and with every default decided. Times are in milliseconds. Frozen. */
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
 * Checks {@link KeyOptions} and decides every default. Throws a {@link ConfigurationError} that says what to write, for
 * an option that is unknown, not a number or out of range.
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
