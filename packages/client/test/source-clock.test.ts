import { expect, it } from 'vitest';
import { resolveClock } from '../src/source-clock.ts';

it('a clock without a monotonic reading is read by its time alone', () => {
  let now = 1_000;
  const clock = resolveClock({ now: () => now });
  expect([clock.now(), clock.monotonicMs()]).toEqual([1_000, 1_000]);
  now = 2_500;
  expect([clock.now(), clock.monotonicMs()]).toEqual([2_500, 2_500]);
});

it('a clock with both readings is used with both, and with its own `this`', () => {
  const given = {
    wall: 5_000,
    now() {
      return this.wall;
    },
    monotonicMs() {
      return this.wall / 1_000;
    },
  };
  const clock = resolveClock(given);
  expect([clock.now(), clock.monotonicMs()]).toEqual([5_000, 5]);
});

it('without a clock the clock of the machine is used, with its monotonic reading', () => {
  const clock = resolveClock(undefined);
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
  const before = performance.now();
  const read = clock.monotonicMs();
  expect(read).toBeGreaterThanOrEqual(before);
  expect(read).toBeLessThanOrEqual(performance.now());
});
