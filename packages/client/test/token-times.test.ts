import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timesOf, timesOfSame } from '../src/token-times.ts';

const requestedAt = 1_000_000;
const HOUR_MS = 3_600_000;

describe('the times of a token', () => {
  it.each([
    ['an hour', HOUR_MS, 300_000, 10_000],
    ['ten minutes', 600_000, 120_000, 10_000],
    ['two minutes', 120_000, 24_000, 6_000],
    ['five seconds', 5_000, 1_000, 250],
  ])('are shares of its life: %s', (_name, lifeMs, windowMs, marginMs) => {
    expect(timesOf({ requestedAt, lifeMs, spread: 1 })).toEqual({
      endsAt: requestedAt + lifeMs,
      refreshAt: requestedAt + lifeMs - windowMs,
      unusableAt: requestedAt + lifeMs - marginMs,
      windowMs,
    });
  });

  it('differ between processes only in the time of the refresh', () => {
    const times = timesOf({ requestedAt, lifeMs: HOUR_MS, spread: 1.1 });
    const endsAt = requestedAt + HOUR_MS;
    expect([times.refreshAt, times.unusableAt]).toEqual([endsAt - 330_000, endsAt - 10_000]);
  });

  it('end no later than the subject token', () => {
    const lifeMs = 100_000;
    const endsAt = requestedAt + lifeMs;
    const at = (subjectEndsAt: number) =>
      timesOf({ requestedAt, lifeMs, spread: 1, subjectEndsAt });
    expect(at(endsAt + 5_001)).toEqual(timesOf({ requestedAt, lifeMs, spread: 1 }));
    expect(at(endsAt + 5_000)).toMatchObject({
      refreshAt: Number.POSITIVE_INFINITY,
      unusableAt: endsAt - 5_000,
    });
    expect(at(requestedAt + 7_000)).toMatchObject({ unusableAt: requestedAt + 7_000, endsAt });
  });
});

describe('the times of a token that is given again', () => {
  const first = timesOf({ requestedAt, lifeMs: HOUR_MS, spread: 1 });
  const again = (at: number, before = first) =>
    timesOfSame(before, { requestedAt: at, lifeMs: HOUR_MS, spread: 1 });

  it('keep its end, and halve the window', () => {
    expect(again(first.refreshAt)).toEqual({
      endsAt: first.endsAt,
      refreshAt: first.endsAt - 150_000,
      unusableAt: first.endsAt - 10_000,
      windowMs: 150_000,
    });
  });

  it('make the safety margin smaller when less time is left', () => {
    expect(again(first.endsAt - 10_000)).toMatchObject({
      refreshAt: first.endsAt - 5_000,
      unusableAt: first.endsAt - 2_500,
    });
  });

  it('end earlier if the server now says so', () => {
    const shorter = timesOfSame(first, { requestedAt, lifeMs: 60_000, spread: 1 });
    expect(shorter).toMatchObject({
      endsAt: requestedAt + 60_000,
      unusableAt: requestedAt + 60_000,
      windowMs: 30_000,
    });
  });

  it('leave no time in the last half second', () => {
    expect(again(first.endsAt - 500)).toMatchObject({ endsAt: first.endsAt });
    expect(again(first.endsAt - 499)).toBeUndefined();
    expect(again(first.endsAt + 1)).toBeUndefined();
  });

  it('end no later than the subject token, too', () => {
    const life = { requestedAt: first.refreshAt, lifeMs: HOUR_MS, spread: 1 };
    const subjectEndsAt = first.endsAt - 60_000;
    expect(timesOfSame(first, { ...life, subjectEndsAt })).toMatchObject({
      refreshAt: Number.POSITIVE_INFINITY,
      unusableAt: subjectEndsAt,
    });
  });
});

it('a token of any life is refreshed after its request, and not used after its end', () => {
  const life = fc.record({
    requestedAt: fc.integer({ min: 0, max: 1e12 }),
    lifeMs: fc.integer({ min: 1, max: 1e15 }),
    spread: fc.double({ min: 0.9, max: 1.1, noNaN: true }),
  });
  fc.assert(
    fc.property(life, (given) => {
      const { refreshAt, unusableAt, endsAt } = timesOf(given);
      expect(refreshAt).toBeGreaterThanOrEqual(given.requestedAt);
      expect(unusableAt).toBeGreaterThanOrEqual(refreshAt);
      expect(endsAt).toBeGreaterThanOrEqual(unusableAt);
    }),
  );
});
