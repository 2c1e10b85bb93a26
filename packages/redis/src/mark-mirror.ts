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
   * Takes what the server answered to this process, which may be ahead of what was read of the log. `false`: the
   * log was read beyond its place, and had it not. Another server has taken over whose clock is behind, as a rule,
   * and what this copy holds has to be loaded again.
   */
  acknowledge(change: MarkChange): boolean;
  /** Takes the next entry of the log; `undefined` for one that says nothing about a mark. */
  follow(at: LogPosition, change: MarkChange | undefined): void;
  /** Takes all marks as they are at a place in the log, or later. */
  replace(marks: Iterable<RevocationMark>, at: LogPosition): void;
  /** Forgets some of the marks that expired. */
  sweep(): void;
  /** Tells of each mark that is made or moved forward. Gives what ends it. */
  subscribe(listener: (mark: RevocationMark) => void): () => void;
}

type Marks = Map<string, RevocationMark>;

const SWEPT_AT_ONCE = 1_000;
/** An answer comes with the entry in the log that it is about, or after some more. */
const PLACES_KEPT = 1_000;

export function createMarkMirror(clock: Clock): MarkMirror {
  let perKind = emptyMarks();
  let position = LOG_START;
  /** The places of the log that were read last. */
  const places = new Set([LOG_START]);
  /**
   * What was acknowledged, and not read in the log yet. Earlier entries about the same mark are old news, or those of
   * another server that took over: they take nothing back, and may reach further.
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
        // A listener may be async; its rejection must not become an unhandled one.
        new Promise((resolve) => resolve(outcome)).catch(() => {});
      } catch {
        // A listener's fault is not that of whoever revokes.
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
        // At the end, where the latest ones are.
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
      // Answers mostly come in the order of the log. One that stays behind an earlier one is old news when it is asked
      // for, and goes with that.
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
      // One for each call: the same function may be given twice.
      const own = (mark: RevocationMark) => listener(mark);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
}

function emptyMarks(): readonly { readonly kind: RevocationKind; readonly marks: Marks }[] {
  return REVOCATION_KINDS.map((kind) => ({ kind, marks: new Map() }));
}

/** One mark that stops what either stops. */
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
