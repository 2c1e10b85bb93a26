import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resolveKeyOptions } from '../../src/keys/key-options.ts';
import {
  advance,
  decide,
  type Need,
  NO_KEYS,
  type RefreshState,
} from '../../src/keys/refresh-policy.ts';

const timing = resolveKeyOptions();
const T0 = 1_800_000_000_000;

type Step =
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'ask'; readonly need: Need }
  | { readonly do: 'answer'; readonly freshForMs: number; readonly random: number }
  | { readonly do: 'fail'; readonly random: number };

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: spans() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      need: fc.constantFrom<Need>('known', 'unknown'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      freshForMs: fc.integer({ min: 300_000, max: 3_600_000 }),
      random,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), random }) },
);

/** From milliseconds to days, so that each time span of the policy is tested before and after its end. */
function spans(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: 0, max: 2_000 }),
    fc.integer({ min: 0, max: 60_000 }),
    fc.integer({ min: 0, max: 4_000_000 }),
    fc.integer({ min: 0, max: 30_000_000 }),
  );
}

/** Runs steps through the policy, and keeps an independent record of what it may do. */
function run(steps: readonly Step[]): void {
  let state: RefreshState = NO_KEYS;
  let now = T0;
  let flying = false;
  let usableUntil: number | undefined;
  let freshUntil = 0;
  let aheadFrom = 0;
  let failuresInARow = 0;
  let failedAt = Number.NEGATIVE_INFINITY;
  // The attempts of unknown kids, as a bucket that is refilled at each step.
  let inHand = 3;
  let filledAt = T0;
  const starts: number[] = [];

  for (const each of steps) {
    switch (each.do) {
      case 'pass':
        now += each.ms;
        break;
      case 'answer':
        if (!flying) break;
        flying = false;
        failuresInARow = 0;
        freshUntil = now + each.freshForMs;
        aheadFrom = now + 0.72 * each.freshForMs;
        usableUntil = freshUntil + 21_600_000;
        state = advance(state, { type: 'loaded', now, ...each }, timing);
        break;
      case 'fail':
        if (!flying) break;
        flying = false;
        failuresInARow += 1;
        failedAt = now;
        state = advance(state, { type: 'failed', now, random: each.random }, timing);
        break;
      case 'ask': {
        const { need } = each;
        const decision = decide(state, need, now, timing);
        const usable = usableUntil !== undefined && now < usableUntil;

        if (decision === 'serve' || decision === 'serve_and_refresh') {
          expect(usable, 'keys serve within the stale bound only').toBe(true);
          expect(need, 'an unknown kid is not served').toBe('known');
        }
        if (decision === 'unknown') {
          expect(usable, 'without keys no kid is unknown').toBe(true);
          expect(failuresInARow, 'a failing provider has not said no').toBe(0);
        }
        if (decision === 'unavailable') {
          expect(flying, 'nobody is refused while an attempt is in flight').toBe(false);
          expect(failuresInARow, 'a working provider refuses nobody').toBeGreaterThan(0);
          expect(need === 'unknown' || !usable, 'a known key at hand is served').toBe(true);
        }
        if (need === 'known' && usable && now < freshUntil) {
          expect(decision, 'fresh keys are never waited for').toMatch(/^serve/);
        }
        if (decision === 'wait') expect(flying, 'there is something to wait for').toBe(true);
        if (decision === 'serve_and_refresh' || decision === 'refresh_and_wait') {
          expect(flying, 'one attempt at a time').toBe(false);
          const pause = Math.min(1_000 * 2 ** (failuresInARow - 1), 30_000) / 2;
          const paused = failuresInARow > 0 && now < failedAt + pause;
          const forUnknownKid = need === 'unknown' && usable;
          inHand = Math.min(3, inHand + (now - filledAt) / 5_000);
          filledAt = now;
          const none = inHand < 1 - 1e-6;
          expect(paused && (!forUnknownKid || none), 'attempts keep their distance').toBe(false);
          if (forUnknownKid) {
            // The policy's own time is at random between the earliest one and the one by the ratio.
            const surelyNotDue = now < aheadFrom || paused;
            expect(none && surelyNotDue, 'unknown kids keep to what is in hand').toBe(false);
            if (now < state.aheadAt || paused) {
              inHand = Math.max(0, inHand - 1);
              starts.push(now);
              const lastMinute = starts.filter((at) => at > now - 60_000);
              expect(lastMinute.length, 'in any minute').toBeLessThanOrEqual(3 + 60 / 5);
            }
          }
          flying = true;
          state = advance(state, { type: 'started', need, now }, timing);
        }
      }
    }
  }
}

it('in every sequence of events there is one attempt at a time, none too early, and no key is used too long', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), run), { numRuns: 1_000 });
});

it('once the provider answers again, requests notice it within one longest pause', () => {
  const outcomes = fc.array(fc.tuple(spans(), fc.boolean(), random), { maxLength: 60 });
  fc.assert(
    fc.property(outcomes, (attempts) => {
      let state: RefreshState = NO_KEYS;
      let now = T0;
      for (const [ms, answers, jitter] of attempts) {
        now += ms;
        if (!/refresh/.test(decide(state, 'known', now, timing))) continue;
        state = advance(state, { type: 'started', need: 'known', now }, timing);
        state = answers
          ? advance(state, { type: 'loaded', freshForMs: 600_000, now, random: jitter }, timing)
          : advance(state, { type: 'failed', now, random: jitter }, timing);
      }
      const later = now + 30_000;
      const decision = decide(state, 'known', later, timing);
      if (decision === 'serve')
        expect(later, 'nothing to find out yet').toBeLessThan(state.aheadAt);
      else expect(decision).toMatch(/refresh/);
    }),
    { numRuns: 1_000 },
  );
});
