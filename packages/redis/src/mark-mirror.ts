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
  /** Takes what the server answered to this process, which may be ahead of what was read of the log. */
  acknowledge(change: MarkChange): void;
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

export function createMarkMirror(clock: Clock): MarkMirror {
  let perKind = emptyMarks();
  let position = LOG_START;
  /** What was acknowledged, and not read in the log yet. Earlier entries about the same mark are old news. */
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
      if (!isAfter(change.at, position)) return;
      ahead.set(fieldOf(change.key), change);
      take(change);
    },
    follow(at, change) {
      position = at;
      if (change !== undefined) {
        const known = ahead.get(fieldOf(change.key));
        if (known === undefined || !isAfter(known.at, at)) take(change);
      }
      for (const [field, known] of ahead) if (!isAfter(known.at, at)) ahead.delete(field);
    },
    replace(marks, at) {
      const before = perKind;
      perKind = emptyMarks();
      sweeping = undefined;
      position = at;
      for (const mark of marks) if (isKept(mark)) ofKind(mark.kind).set(mark.id, mark);
      for (const [field, known] of ahead) {
        if (!isAfter(known.at, at)) ahead.delete(field);
        else if (known.mark === undefined) ofKind(known.key.kind).delete(known.key.id);
        else ofKind(known.key.kind).set(known.key.id, known.mark);
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

function isNews(mark: RevocationMark, earlier: RevocationMark | undefined): boolean {
  return mark.issuedBefore !== earlier?.issuedBefore || mark.keptUntil !== earlier?.keptUntil;
}
