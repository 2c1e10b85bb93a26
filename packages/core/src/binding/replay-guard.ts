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
 * What became of marking a proof as used. `late`: it has become too old meanwhile, so that an earlier mark
 * may be gone. `unavailable`: nobody can say whether it was used before.
 */
export type MarkOutcome =
  | { readonly outcome: 'first' | 'replayed' | 'late' }
  | { readonly outcome: 'unavailable'; readonly cause: unknown };

/** Marks proofs as used, each once for a request. Does not throw. */
export interface ReplayGuard {
  /** `identity` stands for the request: however often a proof is marked for it, it counts once. */
  mark(proof: VerifiedProof, identity: object | undefined): MaybePromise<MarkOutcome>;
}

/** What a {@link ReplayGuard} is made from. */
export interface ReplayGuardOptions extends Pick<ResolvedDpop, 'replay' | 'fallback'> {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** After this time without an answer the store counts as down. */
const TIMEOUT_MS = 2_000;
/** A proof may still be marked for this long after it has become too old: the clock is read twice in a request. */
const LATE_SEC = 1;
/** The clocks of processes that share a store may differ by this much. */
const CLOCK_SKEW_SEC = 5;
const MARGIN_SEC = LATE_SEC + CLOCK_SKEW_SEC;

/** The signal is made when it is first read: a timer for each proof would cost more than a store in memory does. */
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
 * Marks proofs as used, by the thumbprint of their key and their `jti` (RFC 9449 §11.1). A mark is kept until every
 * process refuses the proof as too old, also if their clocks differ by up to five seconds. The URL is not part of a mark:
 * an id may be used once, for whatever URL.
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
    // If the share of one holder is full, only this holder is refused. The store works, so that is no outage.
    if (!(isReplayStoreFullError(cause) && cause.full === 'holder')) outage.begin();
    return { outcome: 'unavailable', cause };
  }

  function answered(isFirst: unknown): MarkOutcome {
    if (isFirst !== true && isFirst !== false) {
      return failed(new TypeError('reserve() of the replay store gave neither true nor false'));
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

  // The memory is asked first and each time, also while the store answers: in an outage it must know what was used before.
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

/** Every use of a replay store has a label of its own, so that ids of two uses never meet. */
function replayId({ thumbprint, jti }: VerifiedProof): string {
  return sha256Base64Url(`dpop\0${thumbprint}\0${jti}`);
}

/** What was marked for a request. */
interface Mark {
  readonly store: ReplayStore;
  readonly id: string;
  readonly outcome: MaybePromise<MarkOutcome>;
}

// One for the process, so that resource servers of two copies of this package mark a proof once.
const marks = processWide('marked-proofs', () => new WeakMap<object, Mark[]>());

function marksOf(identity: object): Mark[] {
  const known = marks.get(identity);
  if (known !== undefined) return known;
  const made: Mark[] = [];
  marks.set(identity, made);
  return made;
}
