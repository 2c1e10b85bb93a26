import {
  createRevocations,
  markStops,
  memoryRevocations,
  type RevocationKeeper,
  type RevocationMark,
  type RevocationQuery,
  type Revocations,
  revocationIdsOf,
} from '@authly/core';
import { type FakeClock, fakeClock } from '@authly/testing';
import {
  type RevocationContractSettings,
  type RevocationsUnderTest,
  revocationStoreContract,
} from '@authly/testing/contracts';
import { describe, expect, it } from 'vitest';

function inMemory(settings: RevocationContractSettings): RevocationsUnderTest {
  const clock = fakeClock();
  const revocations = memoryRevocations({ ...settings, clock });
  return { revocations, clock, advance: (ms) => clock.advance(ms) };
}

type Marks = Map<string, RevocationMark>;

/** The part of a store that is wrong. */
interface Wrong {
  readonly keep?: (known: RevocationMark | undefined, mark: RevocationMark) => RevocationMark;
  readonly isKept?: (mark: RevocationMark, clock: FakeClock) => boolean;
  readonly stops?: (mark: RevocationMark, token: RevocationQuery) => boolean;
  readonly ids?: (token: RevocationQuery, mark: RevocationMark) => readonly string[];
  readonly answer?: (isRevoked: boolean) => unknown;
  readonly change?: (keeper: RevocationKeeper) => Partial<RevocationKeeper>;
  readonly revocations?: (revocations: Revocations) => Revocations;
}

/**
 * Two processes with one server. Each sees its own changes at once, and those of the other after a
 * while.
 */
function shared(
  settings: RevocationContractSettings,
  seenAfterMs: number,
  wrong: Wrong = {},
): RevocationsUnderTest {
  const clock = fakeClock();
  const listeners = new Set<(mark: RevocationMark) => void>();
  const log: { readonly at: number; readonly by: number; apply(marks: Marks): void }[] = [];
  const { isKept = ({ keptUntil }: RevocationMark) => keptUntil * 1_000 > clock.now() } = wrong;
  const { keep = moved, stops = markStops, ids = idsOf, answer = Boolean } = wrong;

  function marksSeenBy(process?: number): Marks {
    const marks: Marks = new Map();
    const isSeen = (at: number, by: number) =>
      process === undefined || by === process || at + seenAfterMs <= clock.now();
    for (const { at, by, apply } of log) if (isSeen(at, by)) apply(marks);
    return marks;
  }

  function aProcess(by: number): Revocations {
    const keeper: RevocationKeeper = {
      async keep(mark) {
        const name = mark.kind + mark.id;
        const kept = keep(marksSeenBy().get(name), mark);
        log.push({ at: clock.now(), by, apply: (marks) => marks.set(name, kept) });
        for (const listener of listeners) listener(kept);
        return kept;
      },
      async drop({ kind, id }) {
        const name = kind + id;
        const wasThere = marksSeenBy().has(name);
        log.push({ at: clock.now(), by, apply: (marks) => marks.delete(name) });
        return wasThere;
      },
      list: async () => [...marksSeenBy().values()].filter((mark) => isKept(mark, clock)),
      isRevoked: async (token) =>
        answer(
          [...marksSeenBy(by).values()].some(
            (mark) =>
              isKept(mark, clock) && ids(token, mark).includes(mark.id) && stops(mark, token),
          ),
        ) as boolean,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const own = { ...keeper, ...wrong.change?.(keeper) };
    const made = createRevocations('aStore()', own, { ...settings, clock });
    return wrong.revocations?.(made) ?? made;
  }

  return {
    revocations: aProcess(1),
    other: aProcess(2),
    clock,
    seenWithinMs: seenAfterMs,
    advance: (ms) => clock.advance(ms),
  };
}

function idsOf(token: RevocationQuery, { kind }: RevocationMark): readonly string[] {
  return revocationIdsOf(token).of(kind);
}

function moved(known: RevocationMark | undefined, mark: RevocationMark): RevocationMark {
  if (known === undefined) return mark;
  const [one, other] = [known.issuedBefore, mark.issuedBefore];
  return {
    ...mark,
    issuedBefore: one === undefined || other === undefined ? undefined : Math.max(one, other),
    keptUntil: Math.max(mark.keptUntil, known.keptUntil),
  };
}

/** The settings of a second store. */
function twice(settings: RevocationContractSettings): RevocationsUnderTest {
  const one = inMemory(settings);
  return { ...one, other: inMemory(settings).revocations };
}

describe('the contract', () => {
  const STORES: readonly (readonly [
    string,
    (s: RevocationContractSettings) => RevocationsUnderTest,
  ])[] = [
    ['in memory', inMemory],
    ['shared, seen at once', (settings) => shared(settings, 0)],
    ['shared, seen after a second', (settings) => shared(settings, 1_000)],
    ['that tells nobody', (settings) => shared(settings, 0, { revocations: mute })],
  ];
  for (const [name, open] of STORES) {
    describe(`holds for a store ${name}`, () => {
      for (const statement of revocationStoreContract(open)) it(statement.name, statement.run);
    });
  }

  it('closes the stores that it opened, also when a case fails', async () => {
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    const cases = revocationStoreContract((settings) => ({ ...inMemory(settings), close }));
    for (const { run } of cases) await run();
    const failing = revocationStoreContract((s) => ({ ...shared(s, 0, { stops: never }), close }));
    await Promise.allSettled(failing.map(({ run }) => run()));
    expect(closed).toBe(2 * cases.length);
  });
});

function mute({ subscribe: _, ...rest }: Revocations): Revocations {
  return rest;
}

const never = () => false;

/** Wrong stores. Each accepts a revoked token or refuses a good one, in its own way. */
const WRONG: Readonly<
  Record<string, (settings: RevocationContractSettings) => RevocationsUnderTest>
> = {
  'says no to everybody': (s) => shared(s, 0, { answer: never }),
  'says yes to everybody': (s) => shared(s, 0, { answer: () => true }),
  'answers 1 and 0': (s) => shared(s, 0, { answer: Number }),
  'compares by less than': (s) =>
    shared(s, 0, {
      stops: ({ issuedBefore = 1e12 }, { issuedAt = 0 }) => Math.floor(issuedAt) < issuedBefore,
    }),
  'compares fractions': (s) =>
    shared(s, 0, {
      stops: ({ issuedBefore = 1e12 }, { issuedAt = 0 }) => issuedAt <= issuedBefore,
    }),
  'lets tokens without iat pass': (s) =>
    shared(s, 0, {
      stops: (mark, token) => token.issuedAt !== undefined && markStops(mark, token),
    }),
  'looks at the time of issue where one token was revoked': (s) =>
    shared(s, 0, {
      stops: (mark, { issuedAt = 0 }) => issuedAt <= (mark.issuedBefore ?? mark.keptUntil - 3_600),
    }),
  'looks at subjects and sessions alone': (s) =>
    shared(s, 0, {
      ids: (token) => [...idsOf(token, aMarkOf('subject')), ...idsOf(token, aMarkOf('session'))],
    }),
  'looks at one form of the issuer': (s) =>
    shared(s, 0, {
      ids: (token, mark) =>
        revocationIdsOf({ ...token, issuers: token.issuers.slice(0, 1) }).of(mark.kind),
    }),
  'moves marks back': (s) => shared(s, 0, { keep: (_known, mark) => mark }),
  'never moves marks': (s) => shared(s, 0, { keep: (known, mark) => known ?? mark }),
  'keeps marks for ever': (s) => shared(s, 0, { isKept: () => true }),
  'keeps marks for the tokens of now alone': (s) =>
    shared(s, 0, {
      isKept: ({ keptUntil }, clock) => keptUntil - s.retainSec > clock.now() / 1_000,
    }),
  'shares nothing': twice,
  'takes longer than it says': (s) => ({ ...shared(s, 1_000), seenWithinMs: 100 }),
  'does not clear': (s) => shared(s, 0, { change: () => ({ drop: async () => true }) }),
  'does not say whether it cleared': (s) =>
    shared(s, 0, {
      change: ({ drop }) => ({ drop: async (key) => [await drop(key)].length === 1 }),
    }),
  'lists nothing': (s) => shared(s, 0, { change: () => ({ list: async () => [] }) }),
  'reports a mark twice': (s) =>
    shared(s, 0, {
      change: ({ subscribe }) => ({
        subscribe(listener) {
          const end = subscribe?.((mark) => [mark, mark].forEach(listener));
          return () => end?.();
        },
      }),
    }),
  'reports no mark to subscribers': (s) =>
    shared(s, 0, { change: () => ({ subscribe: () => () => {} }) }),
  'tells who left': (s) =>
    shared(s, 0, {
      change: ({ subscribe }) => ({
        subscribe(listener) {
          subscribe?.(listener);
          return () => {};
        },
      }),
    }),
};

function aMarkOf(kind: RevocationMark['kind']): RevocationMark {
  return { kind, id: '', issuedBefore: undefined, keptUntil: 0 };
}

describe.each(Object.entries(WRONG))('a store that %s', (_what, open) => {
  it('fails at least one case', async () => {
    const outcomes = await Promise.allSettled(
      revocationStoreContract(open).map(({ run }) => run()),
    );
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
  });
});
