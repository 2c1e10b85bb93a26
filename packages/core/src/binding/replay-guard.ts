import { abortable } from '../lib/abortable.ts';
import { type Clock, epochSeconds } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';
import { processWide } from '../lib/process-wide.ts';
import { sha256Base64Url } from '../lib/sha256.ts';
import { createStoreOutage } from '../lib/store-outage.ts';
import {
  isReplayStoreFullError,
  type ReplayStore,
  type ReserveOptions,
} from '../stores/replay-store.ts';
import type { ResolvedDpop } from './dpop-options.ts';
import type { VerifiedProof } from './proof-verifier.ts';

/**
 * The result of marking a proof as used.
 * - `first`: it was not used before. `replayed`: it was.
 * - `late`: the proof became too old during the request, so the mark of an earlier use may have expired.
 * - `unavailable`: the store failed, so it is not known whether the proof was used before.
 */
export type MarkOutcome =
  | { readonly outcome: 'first' | 'replayed' | 'late' }
  | { readonly outcome: 'unavailable'; readonly cause: unknown };

/** Marks proofs as used. Does not throw. */
export interface ReplayGuard {
  /**
   * Marks a proof. `identity` is an object that stands for the request: if the same proof is marked several times
   * for one request, it is marked once, and each call gets the same result.
   */
  mark(proof: VerifiedProof, identity: object | undefined): MaybePromise<MarkOutcome>;
}

/** What a {@link ReplayGuard} is made from. */
export interface ReplayGuardOptions extends Pick<ResolvedDpop, 'replay' | 'fallback'> {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** When the store does not answer within this time, it counts as down. */
const TIMEOUT_MS = 2_000;
/**
 * A proof may still be marked for this long after it has become too old: the clock is read twice in a request,
 * first when the proof is verified, and again when it is marked.
 */
const LATE_SEC = 1;
/** The clocks of processes that share a store may differ by this much. */
const CLOCK_SKEW_SEC = 5;
const MARGIN_SEC = LATE_SEC + CLOCK_SKEW_SEC;

/** Creates its signal only when it is read: a timer for each proof would cost more than a store in memory. */
class Reservation implements ReserveOptions {
  readonly ttlMs: number;
  readonly holder: string;
  #signal: AbortSignal | undefined;

  constructor(ttlMs: number, holder: string) {
    this.ttlMs = ttlMs;
    this.holder = holder;
  }

  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(TIMEOUT_MS);
    return this.#signal;
  }
}

const FIRST: MarkOutcome = Object.freeze({ outcome: 'first' });
const REPLAYED: MarkOutcome = Object.freeze({ outcome: 'replayed' });
const LATE: MarkOutcome = Object.freeze({ outcome: 'late' });

/**
 * Makes a guard that marks proofs as used, by the thumbprint of their key and their `jti` (RFC 9449 §11.1). A mark
 * is kept until every process refuses the proof as too old, also if their clocks differ by up to five seconds. The
 * URL is not part of a mark: the same key and `jti` are accepted once, for any URL.
 */
export function createReplayGuard({
  replay,
  fallback,
  clock,
  events,
}: ReplayGuardOptions): ReplayGuard {
  const outage = createStoreOutage(
    { store: 'replay', outcome: fallback === undefined ? 'refused' : 'local' },
    events,
  );

  function failed(cause: unknown): MarkOutcome {
    // If the share of one holder (key) is full, only this holder is refused. The store works, so it is no outage.
    if (!(isReplayStoreFullError(cause) && cause.full === 'holder')) outage.begin();
    return { outcome: 'unavailable', cause };
  }

  function answered(isFirst: unknown): MarkOutcome {
    if (isFirst !== true && isFirst !== false) {
      return failed(new TypeError('reserve() of the replay store returned neither true nor false'));
    }
    outage.end();
    return isFirst ? FIRST : REPLAYED;
  }

  function ask(id: string, reservation: Reservation): MaybePromise<MarkOutcome> {
    try {
      const answer = replay.reserve(id, reservation);
      if (!isThenable(answer)) return answered(answer);
      return abortable(Promise.resolve(answer), reservation.signal).then(answered, failed);
    } catch (error) {
      return failed(error);
    }
  }

  // The memory is asked first and for each proof, also while the store works: when an outage begins, the memory must
  // know the proofs that were used before.
  function askFallback(id: string, reservation: Reservation): MarkOutcome {
    if (fallback === undefined) return FIRST;
    try {
      return fallback.reserve(id, reservation) ? FIRST : REPLAYED;
    } catch (cause) {
      return { outcome: 'unavailable', cause };
    }
  }

  return Object.freeze<ReplayGuard>({
    mark(proof, identity) {
      const id = replayId(proof);
      const marks = identity === undefined ? undefined : marksOf(identity);
      const earlier = marks?.find((each) => each.store === replay && each.id === id);
      if (earlier !== undefined) return earlier.outcome;
      const left = proof.acceptedUntilSec - epochSeconds(clock);
      // The checks before this one may have waited for a store. Meanwhile the mark of an earlier use may have expired.
      if (left < -LATE_SEC) return LATE;
      const ttlMs = Math.ceil((left + MARGIN_SEC) * 1_000);
      const outcome = decide(id, new Reservation(ttlMs, proof.thumbprint));
      marks?.push({ store: replay, id, outcome });
      return outcome;
    },
  });

  function decide(id: string, reservation: Reservation): MaybePromise<MarkOutcome> {
    const local = askFallback(id, reservation);
    if (local.outcome === 'replayed') return local;
    const asked = ask(id, reservation);
    const combine = (shared: MarkOutcome) =>
      shared.outcome === 'unavailable' && fallback !== undefined ? local : shared;
    return isThenable(asked) ? asked.then(combine) : combine(asked);
  }
}

/** The id of a mark. The label `dpop` keeps it apart from ids that other features write to the same store. */
function replayId({ thumbprint, jti }: VerifiedProof): string {
  return sha256Base64Url(`dpop\0${thumbprint}\0${jti}`);
}

/** A proof that was marked for a request. */
interface Mark {
  readonly store: ReplayStore;
  readonly id: string;
  readonly outcome: MaybePromise<MarkOutcome>;
}

// Shared by the whole process, so that two copies of this package mark the proof of a request once.
const marks = processWide('marked-proofs', () => new WeakMap<object, Mark[]>());

function marksOf(identity: object): Mark[] {
  const known = marks.get(identity);
  if (known !== undefined) return known;
  const made: Mark[] = [];
  marks.set(identity, made);
  return made;
}
