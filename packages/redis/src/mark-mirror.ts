import {
  type Clock,
  markStops,
  REVOCATION_KINDS,
  type RevocationKind,
  type RevocationMark,
  type RevocationQuery,
  revocationIdsOf,
} from '@authly/core';
import { isAfter, LOG_START, type LogPosition } from './log-position.ts';
import type { MarkChange } from './mark-table.ts';
import { fieldOf } from './mark-text.ts';

/** This process's copy of all marks. */
export interface MarkMirror {
  isRevoked(token: RevocationQuery): boolean;
  /**
   * Takes a change that the server has acknowledged to this process. It may be ahead of the log as read so far.
   * Returns `false` when the log was already read past the position of the change, and did not have it. Then
   * another server has taken over (mostly one whose clock is behind), and the copy must be loaded again.
   */
  acknowledge(change: MarkChange): boolean;
  /** Takes the next entry of the log. `change` is `undefined` for an entry that is not about a mark. */
  follow(at: LogPosition, change: MarkChange | undefined): void;
  /** Replaces the copy by all marks, read at this position in the log or later. */
  replace(marks: Iterable<RevocationMark>, at: LogPosition): void;
  /** Removes some of the expired marks. */
  sweep(): void;
  /** Calls the listener for each mark that is made or extended. Returns a function that ends this. */
  subscribe(listener: (mark: RevocationMark) => void): () => void;
}

type Marks = Map<string, RevocationMark>;

const SWEPT_AT_ONCE = 1_000;
/** An answer may come after its own entry of the log and some later ones were read, so these positions are kept. */
const PLACES_KEPT = 1_000;

export function createMarkMirror(clock: Clock): MarkMirror {
  let perKind = emptyMarks();
  let position = LOG_START;
  /** The positions of the log that were read last. */
  const places = new Set([LOG_START]);
  /**
   * Changes that were acknowledged, but not read in the log yet. Entries of the log before such a change are
   * older, or come from another server that took over. They must not undo the change, but may extend the mark.
   */
  const ahead = new Map<string, MarkChange>();
  const listeners = new Set<(mark: RevocationMark) => void>();
  let sweeping: Iterator<readonly [Marks, RevocationMark]> | undefined;

  function ofKind(kind: RevocationKind): Marks {
    return perKind.find((each) => each.kind === kind)?.marks ?? new Map();
  }

  function isKept({ keptUntil }: RevocationMark): boolean {
    return keptUntil * 1_000 > clock.now();
  }

  function take({ key, mark }: MarkChange): void {
    const of = ofKind(key.kind);
    const earlier = of.get(key.id);
    if (mark === undefined) of.delete(key.id);
    else of.set(key.id, mark);
    if (mark !== undefined && isNews(mark, earlier)) tell(mark);
  }

  function tell(mark: RevocationMark): void {
    for (const listener of listeners) {
      try {
        const outcome: unknown = listener(mark);
        // A listener may be async, and its rejection must be handled.
        new Promise((resolve) => resolve(outcome)).catch(() => {});
      } catch {
        // An error of a listener must not fail the revocation.
      }
    }
  }

  function* everyMark(): Generator<readonly [Marks, RevocationMark]> {
    for (const { marks } of perKind) for (const mark of marks.values()) yield [marks, mark];
  }

  return {
    isRevoked(token) {
      const ids = revocationIdsOf(token);
      for (const { kind, marks } of perKind) {
        if (marks.size === 0) continue;
        for (const id of ids.of(kind)) {
          const mark = marks.get(id);
          if (mark !== undefined && markStops(mark, token) && isKept(mark)) return true;
        }
      }
      return false;
    },
    acknowledge(change) {
      if (isAfter(change.at, position)) {
        // Moved to the end, since the map is in the order of acknowledgement.
        ahead.delete(fieldOf(change.key));
        ahead.set(fieldOf(change.key), change);
        take(change);
        return true;
      }
      if (places.has(change.at)) return true;
      const { key, mark } = change;
      if (mark !== undefined)
        take({ ...change, mark: furthest(mark, ofKind(key.kind).get(key.id)) });
      return false;
    },
    follow(at, change) {
      position = at;
      places.add(at);
      const [oldest] = places;
      if (oldest !== undefined && places.size > PLACES_KEPT) places.delete(oldest);
      if (change !== undefined) {
        const known = ahead.get(fieldOf(change.key));
        if (known === undefined || !isAfter(known.at, at)) take(change);
        else if (known.mark !== undefined && change.mark !== undefined) {
          take({ ...change, mark: furthest(known.mark, change.mark) });
        }
      }
      // Answers mostly come in the order of the log. An older change that is behind a newer one stays a little longer,
      // has no effect, and is removed with that one.
      for (const [field, known] of ahead) {
        if (isAfter(known.at, at)) return;
        ahead.delete(field);
      }
    },
    replace(marks, at) {
      const before = perKind;
      perKind = emptyMarks();
      sweeping = undefined;
      position = at;
      places.clear();
      places.add(at);
      for (const mark of marks) if (isKept(mark)) ofKind(mark.kind).set(mark.id, mark);
      for (const [field, known] of ahead) {
        const { kind, id } = known.key;
        const of = ofKind(kind);
        if (!isAfter(known.at, at)) ahead.delete(field);
        else if (known.mark === undefined) of.delete(id);
        else of.set(id, furthest(known.mark, of.get(id)));
      }
      if (listeners.size === 0) return;
      for (const { kind, marks: now } of perKind) {
        const earlier = before.find((each) => each.kind === kind)?.marks;
        for (const mark of now.values()) if (isNews(mark, earlier?.get(mark.id))) tell(mark);
      }
    },
    sweep() {
      sweeping ??= everyMark();
      for (let looked = 0; looked < SWEPT_AT_ONCE; looked++) {
        const next = sweeping.next();
        if (next.done === true) {
          sweeping = undefined;
          return;
        }
        const [marks, mark] = next.value;
        if (!isKept(mark)) marks.delete(mark.id);
      }
    },
    subscribe(listener) {
      // A new function for each call, because the same listener may be given twice.
      const own = (mark: RevocationMark) => listener(mark);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

function emptyMarks(): readonly { readonly kind: RevocationKind; readonly marks: Marks }[] {
  return REVOCATION_KINDS.map((kind) => ({ kind, marks: new Map() }));
}

/** A mark that refuses every token that one of the two refuses. */
function furthest(one: RevocationMark, other: RevocationMark | undefined): RevocationMark {
  if (other === undefined) return one;
  const { kind, id, issuedBefore, keptUntil } = one;
  const isDated = issuedBefore !== undefined && other.issuedBefore !== undefined;
  return Object.freeze({
    kind,
    id,
    issuedBefore: isDated ? Math.max(issuedBefore, other.issuedBefore) : undefined,
    keptUntil: Math.max(keptUntil, other.keptUntil),
  });
}

function isNews(mark: RevocationMark, earlier: RevocationMark | undefined): boolean {
  return mark.issuedBefore !== earlier?.issuedBefore || mark.keptUntil !== earlier?.keptUntil;
}
