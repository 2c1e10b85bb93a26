import { expect, it } from 'vitest';
import { fakeClock } from '../src/fake-clock.ts';

it('stands still until a test moves it', () => {
  const clock = fakeClock(1000);
  expect([clock.now(), clock.now()]).toEqual([1000, 1000]);
  clock.advance(5);
  clock.advanceSec(2);
  expect(clock.now()).toBe(3005);
  clock.advance(-5);
  expect(clock.now()).toBe(3000);
  clock.set(7);
  expect(clock.now()).toBe(7);
});

it('always starts at the same time', () => {
  expect(new Date(fakeClock().now()).toISOString()).toBe('2030-01-01T00:00:00.000Z');
});
