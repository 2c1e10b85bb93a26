import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { type Clock, systemClock } from '../lib/clock.ts';
import { ConfigurationError } from '../model/errors.ts';
import { type ReplayStore, ReplayStoreFullError, type ReserveOptions } from './replay-store.ts';

/** Options of {@link memoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /**
   * How many ids are remembered at the same time; each takes about 150 bytes. One holder can have at most a tenth of
   * them. Default 1,000,000.
   */
  readonly maxEntries?: number;
  /** The clock. Default: the machine's. If the resource server has a clock of its own, give the same one here. */
  readonly clock?: Clock;
}

/** A {@link ReplayStore} that answers without a promise. */
export interface MemoryReplayStore extends ReplayStore {
  /** As in {@link ReplayStore}. Throws when the store, or the share of the holder, is full. */
  reserve(id: string, options: ReserveOptions): boolean;
}

const OPTIONS: OptionNames<MemoryReplayStoreOptions> = { maxEntries: true, clock: true };

const DEFAULT_MAX_ENTRIES = 1_000_000;
const HOLDER_SHARE = 10;
/**
 * How many Maps the ids are divided among. When a single Map with a million entries grows, it blocks the process for
 * about 0.1 s. One of 64 Maps blocks it for 2 ms.
 */
const SHARDS = 64;
/** How many expired ids each reservation removes: more than the one id that it adds, so that the number goes down. */
const DROPPED_AT_ONCE = 4;
/** How many expired ids are removed before a holder is refused, because its share may consist of expired ids. */
const DROPPED_FOR_A_HOLDER = 1_000;
const SECOND_MS = 1_000;

/** The ids that expire within the same second, in the order of their arrival. */
interface Bucket {
  readonly second: number;
  readonly ids: string[];
  readonly holders: string[];
  dropped: number;
}

/**
 * Remembers used ids in the memory of this process. The time for a reservation does not depend on the number of ids.
 * No id is removed before it expires. When the store is full, `reserve` throws, and the request is refused with 503.
 * When only the share of one holder is full, only requests of that holder are refused.
 *
 * Other processes do not see these ids. If several processes serve one API, they need a store that they share.
 *
 * @throws ConfigurationError for an option that is unknown or wrong.
 */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): MemoryReplayStore {
  const { maxEntries = DEFAULT_MAX_ENTRIES, clock = systemClock } = checkOptions(
    'memoryReplayStore()',
    options,
    OPTIONS,
  );
  if (!(Number.isSafeInteger(maxEntries) && maxEntries > 0)) {
    throw new ConfigurationError(
      'memoryReplayStore(): maxEntries must be a whole number from 1. Write: memoryReplayStore({ maxEntries: 1_000_000 })',
    );
  }
  const maxOfHolder = Math.max(1, Math.floor(maxEntries / HOLDER_SHARE));
  /** When each id expires, in milliseconds of the clock. The buckets only tell which ids may be removed. */
  const shards = Array.from({ length: SHARDS }, () => new Map<string, number>());
  /** For the empty id, which has no first character. */
  const rest = new Map<string, number>();
  /** How many ids each holder has. */
  const held = new Map<string, number>();
  const buckets = new Map<number, Bucket>();
  /** The same buckets as a list. The one that expires first is at the end. */
  const agenda: Bucket[] = [];
  let entries = 0;

  function shardOf(id: string): Map<string, number> {
    return shards[id.charCodeAt(0) % SHARDS] ?? rest;
  }

  function hasItsShare(holder: string): boolean {
    return holder !== '' && (held.get(holder) ?? 0) >= maxOfHolder;
  }

  function dropExpired(now: number, atMost: number): void {
    for (let count = 0; count < atMost; count++) {
      const bucket = agenda.at(-1);
      if (bucket === undefined || bucket.second * SECOND_MS > now) return;
      drop(bucket, now);
      if (bucket.dropped === bucket.ids.length) {
        agenda.pop();
        buckets.delete(bucket.second);
      }
    }
  }

  function drop(bucket: Bucket, now: number): void {
    const id = bucket.ids[bucket.dropped] ?? '';
    const holder = bucket.holders[bucket.dropped] ?? '';
    bucket.dropped += 1;
    const shard = shardOf(id);
    // The id may have been reserved again after it expired. It then belongs to a later bucket.
    if ((shard.get(id) ?? now) <= now) shard.delete(id);
    const left = (held.get(holder) ?? 1) - 1;
    if (left > 0) held.set(holder, left);
    else held.delete(holder);
    entries -= 1;
  }

  function bucketOf(untilMs: number): Bucket {
    const second = Math.ceil(untilMs / SECOND_MS);
    const known = buckets.get(second);
    if (known !== undefined) return known;
    const made: Bucket = { second, ids: [], holders: [], dropped: 0 };
    buckets.set(second, made);
    // A new bucket is mostly one of the latest, and these are at the start of the list.
    const later = agenda.findIndex((each) => each.second < second);
    agenda.splice(later < 0 ? agenda.length : later, 0, made);
    return made;
  }

  return Object.freeze<MemoryReplayStore>({
    reserve(id, { ttlMs, holder = '' }) {
      if (!(Number.isFinite(ttlMs) && ttlMs > 0)) {
        throw new RangeError('ttlMs must be a number of milliseconds above 0');
      }
      const now = clock.now();
      dropExpired(now, DROPPED_AT_ONCE);
      const shard = shardOf(id);
      const until = shard.get(id);
      if (until !== undefined && until > now) return false;
      if (entries >= maxEntries) throw new ReplayStoreFullError('store');
      if (hasItsShare(holder)) {
        dropExpired(now, DROPPED_FOR_A_HOLDER);
        if (hasItsShare(holder)) throw new ReplayStoreFullError('holder');
      }
      const untilMs = now + ttlMs;
      shard.set(id, untilMs);
      const bucket = bucketOf(untilMs);
      bucket.ids.push(id);
      bucket.holders.push(holder);
      held.set(holder, (held.get(holder) ?? 0) + 1);
      entries += 1;
      return true;
    },
  });
}
