import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { createGate } from '../../src/introspection/gate.ts';
import { IntrospectionFailed } from '../../src/introspection/introspection-failed.ts';
import { isAuthError } from '../../src/model/errors.ts';
import type { IntrospectionFailure } from '../../src/model/introspection-failure.ts';

function setUp(maxConcurrent = 8) {
  const clock = aClock();
  const gate = createGate({
    maxConcurrent,
    clock,
    random: () => 0,
    memory: { hasActive: () => false },
  });
  const refusal = (isKnown = false, last?: unknown) => {
    try {
      gate.enter(isKnown, last).succeeded();
      return undefined;
    } catch (error) {
      return isAuthError(error) ? error : expect.unreachable(String(error));
    }
  };
  return { clock, gate, refusal };
}

const failed = (failure: IntrospectionFailure, status?: number, retryAfterSec?: number) =>
  new IntrospectionFailed(failure, '', { ...(status && { status }), retryAfterSec });

describe('a gate', () => {
  it.each([
    ['network', undefined],
    ['timeout', undefined],
    ['discovery', undefined],
    ['ask', undefined],
    ['status', 429],
    ['status', 502],
    ['status', 503],
    ['status', 504],
  ] as const)('closes for all after %s %s', (failure, status) => {
    const { gate, refusal } = setUp();
    const last = failed(failure, status);
    expect(gate.enter(false, undefined).failed(last)).toEqual({
      retryAfterSec: undefined,
      isAboutServer: true,
    });
    for (const isKnown of [true, false]) {
      const error = refusal(isKnown, last);
      expect([error?.reason, error?.cause, error?.details.retryAfterSec]).toEqual([
        'introspection_unavailable',
        last,
        1,
      ]);
    }
  });

  it.each([
    ['unauthorized', 401],
    ['redirect', 302],
    ['too_large', undefined],
    ['not_json', undefined],
    ['malformed', undefined],
    ['not_signed', undefined],
    ['jwts_unsupported', 400],
    ['credentials', undefined],
    ['status', 404],
    ['status', undefined],
  ] as const)('stays open after %s %s', (failure, status) => {
    const { gate, refusal } = setUp();
    const { isAboutServer } = gate.enter(false, undefined).failed(failed(failure, status));
    expect([isAboutServer, refusal()]).toEqual([true, undefined]);
  });

  it('passes on after how many seconds the server wants to be asked again', () => {
    const { gate, refusal } = setUp();
    const { retryAfterSec } = gate.enter(false, undefined).failed(failed('status', 503, 9));
    expect([retryAfterSec, refusal()?.details.retryAfterSec]).toEqual([9, 9]);
  });

  it.each([500, 501, 599])('treats %i as caused by the token while answers come', (status) => {
    const { gate, refusal, clock } = setUp();
    gate.enter(false, undefined).succeeded();
    const { isAboutServer } = gate.enter(false, undefined).failed(failed('status', status));
    expect([isAboutServer, refusal(false)]).toEqual([false, undefined]);
    clock.advanceSec(5);
    const later = gate.enter(false, undefined).failed(failed('status', status));
    expect([later.isAboutServer, refusal(false)?.reason, refusal(true)]).toEqual([
      true,
      'introspection_unavailable',
      undefined,
    ]);
  });

  it('frees the place of each question, whatever its outcome', () => {
    const { gate, refusal } = setUp(1);
    const passage = gate.enter(true, undefined);
    expect([refusal()?.reason, refusal()?.details.retryAfterSec]).toEqual([
      'introspection_overloaded',
      1,
    ]);
    passage.succeeded();
    expect(refusal()).toBeUndefined();
    gate.enter(true, undefined).failed(failed('malformed'));
    expect(refusal()).toBeUndefined();
    gate.enter(true, undefined).failed(failed('network'));
    // It is refused because of the pause, not because no place is free: the place was freed.
    for (let index = 0; index < 3; index++) {
      expect(refusal()?.reason).toBe('introspection_unavailable');
    }
  });
});
