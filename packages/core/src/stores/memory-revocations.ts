import { ignoreRejection } from '../lib/callback-result.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { epochSeconds, systemClock } from '../lib/clock.ts';
import { ConfigurationError } from '../model/errors.ts';
import { createRevocations, type RevocationsOptions } from './create-revocations.ts';
import { createMarkShares } from './mark-shares.ts';
import { markStops, revocationIdsOf } from './revocation-ids.ts';
import { REVOCATION_KINDS, type RevocationKind, type RevocationMark } from './revocation-store.ts';
import { RevocationStoreFullError } from './revocation-store-full-error.ts';
import type { Revocations } from './revocations.ts';

/** Options of {@link memoryRevocations}. */
export interface MemoryRevocationsOptions extends RevocationsOptions {
  /**
   * How many marks are kept at the same time; each takes about 200 bytes. A holder (an issuer that sends signals) may
   * have as many of them as are still free. Default 1,000,000.
   */
  readonly maxMarks?: number | undefined;
}

const OPTIONS: OptionNames<MemoryRevocationsOptions> = {
  retainSec: true,
  toleranceSec: true,
  clock: true,
  maxMarks: true,
};

const DEFAULT_MAX_MARKS = 1_000_000;
/** How many marks are examined (and removed if expired) whenever a mark is added: so their number goes down. */
const SWEPT_AT_ONCE = 4;
/** How many marks of each kind are examined before the store counts as full. */
const SWEPT_WHEN_FULL = 1_000;

/**
 * Keeps revocations in the memory of this process. No mark is removed before its time is over. When the store is full,
 * calls that would add a mark reject. A holder may have as many marks as are still free: when it has these, only its
 * own calls reject.
 *
 * Other processes do not see these marks, and they are lost when the process ends. If several processes serve one API,
 * they need a store that they share.
 *
 * @throws ConfigurationError for an option that is unknown or wrong.
 */
export function memoryRevocations(options: MemoryRevocationsOptions = {}): Revocations {
  const given = checkOptions('memoryRevocations()', options, OPTIONS);
  const { maxMarks = DEFAULT_MAX_MARKS, clock = systemClock, ...common } = given;
  if (!(Number.isSafeInteger(maxMarks) && maxMarks > 0)) {
    throw new ConfigurationError(
      'memoryRevocations(): maxMarks must be a whole number from 1. Write: memoryRevocations({ maxMarks: 1_000_000 })',
    );
  }
  /** The marks of each kind by their ids. A mark that is made or changed is put at the end. */
  const marks = new Map<RevocationKind, Map<string, RevocationMark>>(
    REVOCATION_KINDS.map((kind) => [kind, new Map()]),
  );
  const perKind = REVOCATION_KINDS.map((kind) => ({ kind, marks: ofKind(kind) }));
  const shares = createMarkShares();
  const listeners = new Set<(mark: RevocationMark) => void>();

  function ofKind(kind: RevocationKind): Map<string, RevocationMark> {
    return marks.get(kind) ?? new Map();
  }

  function isKept({ keptUntil }: RevocationMark): boolean {
    return keptUntil > epochSeconds(clock);
  }

  // The marks that expire first are at the start of the map. The order may be wrong by up to a minute, because
  // `issuedBefore` may be a minute in the future.
  function sweep(of: Map<string, RevocationMark>, atMost: number): void {
    let looked = 0;
    for (const [id, mark] of of) {
      if (looked++ === atMost) return;
      if (isKept(mark)) continue;
      of.delete(id);
      shares.remove(id);
    }
  }

  /** What is full: the store, or the share of this holder; `undefined` if neither is. */
  function fullFor(holder: string | undefined): 'store' | 'holder' | undefined {
    const free = maxMarks - perKind.reduce((sum, each) => sum + each.marks.size, 0);
    if (free <= 0) return 'store';
    return holder === undefined || shares.mayAdd(holder, free) ? undefined : 'holder';
  }

  function makeRoom(of: Map<string, RevocationMark>, holder: string | undefined): void {
    sweep(of, SWEPT_AT_ONCE);
    if (fullFor(holder) === undefined) return;
    for (const each of perKind) sweep(each.marks, SWEPT_WHEN_FULL);
    const full = fullFor(holder);
    if (full !== undefined) throw new RevocationStoreFullError(full);
  }

  function tell(mark: RevocationMark): void {
    for (const listener of listeners) {
      try {
        // A listener may be async. An unhandled rejection of its promise would end the process.
        ignoreRejection(listener(mark));
      } catch {
        // The error of a listener must not fail the call that revokes.
      }
    }
  }

  return createRevocations(
    'memoryRevocations()',
    {
      keep(mark, holder) {
        const of = ofKind(mark.kind);
        const earlier = of.get(mark.id);
        if (earlier === undefined) {
          makeRoom(of, holder);
          if (holder !== undefined) shares.add(mark.id, holder);
        }
        const kept = earlier === undefined ? mark : later(earlier, mark);
        if (kept === earlier) return kept;
        of.delete(mark.id);
        of.set(mark.id, kept);
        tell(kept);
        return kept;
      },
      drop({ kind, id }) {
        const mark = ofKind(kind).get(id);
        ofKind(kind).delete(id);
        shares.remove(id);
        return mark !== undefined && isKept(mark);
      },
      list: () => perKind.flatMap((each) => [...each.marks.values()].filter(isKept)),
      isRevoked(token) {
        const ids = revocationIdsOf(token);
        for (const { kind, marks: of } of perKind) {
          if (of.size === 0) continue;
          for (const id of ids.of(kind)) {
            const mark = of.get(id);
            if (mark !== undefined && markStops(mark, token) && isKept(mark)) return true;
          }
        }
        return false;
      },
      subscribe(listener) {
        // Each call gets its own wrapper, because the same function may subscribe twice.
        const own = (mark: RevocationMark) => listener(mark);
        listeners.add(own);
        return () => listeners.delete(own);
      },
    },
    { ...common, clock },
  );
}

/** Combines two marks with the same id: the later times of both count. Gives `earlier` itself if nothing changes. */
function later(earlier: RevocationMark, mark: RevocationMark): RevocationMark {
  const issuedBefore = furthest(earlier.issuedBefore, mark.issuedBefore);
  const keptUntil = Math.max(earlier.keptUntil, mark.keptUntil);
  return issuedBefore === earlier.issuedBefore && keptUntil === earlier.keptUntil
    ? earlier
    : Object.freeze({ kind: mark.kind, id: mark.id, issuedBefore, keptUntil });
}

function furthest(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : Math.max(one, other);
}
