import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { type CircuitFailure, createCircuit } from '../../src/introspection/circuit.ts';

function setUp({ random = 0, hasKnown = false } = {}) {
  const clock = aClock();
  const state = { hasKnown };
  const circuit = createCircuit({ clock, random: () => random, hasKnown: () => state.hasKnown });
  const enter = (isKnown = false) => {
    const passage = circuit.enter(isKnown);
    return typeof passage === 'number' ? undefined : passage;
  };
  const wait = (isKnown = false) => {
    const passage = circuit.enter(isKnown);
    return typeof passage === 'number' ? passage : 'passes';
  };
  const fail = (failure: CircuitFailure = 'outage', isKnown = false, retryAfterSec?: number) =>
    enter(isKnown)?.failed(failure, retryAfterSec);
  return { clock, circuit, enter, wait, fail, state };
}

describe('a circuit', () => {
  it('lets every question pass while nothing has failed', () => {
    const { circuit, wait } = setUp();
    expect([wait(), wait(true), wait()]).toEqual(['passes', 'passes', 'passes']);
    expect(circuit.hasAnsweredLately()).toBe(false);
  });

  it('pauses for a second, then twice as long after each failure, up to 30 seconds', () => {
    const { clock, wait, fail } = setUp();
    for (const seconds of [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30]) {
      fail();
      expect(wait()).toBe(seconds);
      clock.advance(seconds * 1_000 - 1);
      expect(wait()).toBe(1);
      clock.advance(1);
    }
    expect(wait()).toBe('passes');
  });

  it('shortens a pause by up to a half, at random', () => {
    const { clock, wait, fail } = setUp({ random: 0.999_999 });
    fail();
    clock.advance(500);
    expect(wait()).toBe(1);
    clock.advance(1);
    expect(wait()).toBe('passes');
  });

  it('pauses for as long as the server says', () => {
    const { clock, wait, fail } = setUp({ random: 0.9 });
    fail('outage', false, 17);
    expect(wait()).toBe(17);
    clock.advanceSec(17);
    expect(wait()).toBe('passes');
  });

  it('lets one question pass after a pause, and its outcome decides', () => {
    const { clock, enter, wait, fail } = setUp();
    fail();
    clock.advanceSec(1);
    const trial = enter();
    expect([wait(), wait(true)]).toEqual([1, 1]);
    trial?.succeeded();
    expect([wait(), wait()]).toEqual(['passes', 'passes']);
    fail();
    expect(wait()).toBe(1);
    clock.advanceSec(1);
    enter()?.failed('outage', undefined);
    expect(wait()).toBe(2);
  });

  it('lets a token that was active be tried first for a while, if there is one', () => {
    const { clock, wait, fail, state } = setUp({ hasKnown: true });
    fail();
    clock.advanceSec(1);
    expect(wait(false)).toBe(2);
    clock.advance(1_999);
    expect(wait(false)).toBe(1);
    clock.advance(1);
    expect(wait(false)).toBe('passes');
    const again = setUp({ hasKnown: true });
    again.fail();
    again.clock.advanceSec(1);
    expect(again.wait(true)).toBe('passes');
    state.hasKnown = false;
    const without = setUp();
    without.fail();
    without.clock.advanceSec(1);
    expect(without.wait(false)).toBe('passes');
  });

  it('counts failures of questions that were in flight together once', () => {
    const { clock, enter, wait } = setUp();
    const together = [enter(), enter(), enter()];
    for (const each of together) each?.failed('outage', undefined);
    expect(wait()).toBe(1);
    clock.advanceSec(1);
    enter()?.failed('outage', undefined);
    expect(wait()).toBe(2);
  });

  it('ignores a failure of a question that began before the last change', () => {
    const { enter, wait } = setUp();
    const [slow, quick] = [enter(), enter()];
    quick?.succeeded();
    slow?.failed('outage', undefined);
    expect(wait()).toBe('passes');
  });

  it('is closed by every answer of a server that is up', () => {
    const { clock, enter, wait, fail } = setUp();
    fail('other');
    expect(wait()).toBe('passes');
    fail();
    clock.advanceSec(1);
    enter()?.failed('other', undefined);
    expect([wait(), wait()]).toEqual(['passes', 'passes']);
  });

  it('lets questions pass after the clock was set back', () => {
    const { clock, wait, fail } = setUp();
    fail();
    clock.advanceSec(-10);
    expect(wait()).toBe('passes');
  });

  it('remembers for five seconds that the server has answered', () => {
    const { circuit, clock, enter } = setUp();
    enter()?.succeeded();
    expect(circuit.hasAnsweredLately()).toBe(true);
    clock.advance(4_999);
    expect(circuit.hasAnsweredLately()).toBe(true);
    clock.advance(1);
    expect(circuit.hasAnsweredLately()).toBe(false);
    clock.advanceSec(-6);
    expect(circuit.hasAnsweredLately()).toBe(false);
  });
});

describe('a failure that the token may have caused', () => {
  it('never counts while the server has answered lately, also for a known token', () => {
    const { clock, enter, wait, fail } = setUp();
    enter()?.succeeded();
    clock.advanceSec(4);
    fail('perhaps_token');
    fail('perhaps_token', true);
    expect(wait()).toBe('passes');
    fail('outage');
    expect(wait()).toBe(1);
  });

  it('of an unknown token pauses only unknown tokens, for a second at most', () => {
    const { clock, wait, fail } = setUp();
    for (let index = 0; index < 5; index++) {
      fail('perhaps_token');
      expect(wait(false)).toBe(1);
      expect([wait(true), wait(true)]).toEqual(['passes', 'passes']);
      clock.advanceSec(1);
    }
    expect(wait(false)).toBe('passes');
  });

  it('of a known token is an outage for all', () => {
    const { wait, fail } = setUp();
    fail('perhaps_token', true);
    expect([wait(true), wait(false)]).toEqual([1, 1]);
  });

  it('of an unknown token does not change the pause of a real outage', () => {
    const { clock, wait, fail } = setUp();
    fail('outage');
    clock.advanceSec(1);
    fail('outage');
    clock.advanceSec(2);
    fail('perhaps_token', false);
    expect(wait(true)).toBe('passes');
    clock.advanceSec(-1);
    expect(wait(true)).toBe(1);
  });

  it('becomes an outage for all when a real one follows', () => {
    const { wait, fail } = setUp();
    fail('perhaps_token');
    fail('outage', true);
    expect(wait(true)).toBe(2);
  });
});
