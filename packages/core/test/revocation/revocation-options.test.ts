import { describe, expect, it } from 'vitest';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import {
  type RevocationOptions,
  resolveRevocation,
} from '../../src/revocation/revocation-options.ts';
import { memoryRevocations } from '../../src/stores/memory-revocations.ts';

const store = { retainSec: 60, isRevoked: () => false };

function resolved(options: unknown, clockToleranceSec = 5, events: AuthEvent[] = []) {
  return resolveRevocation(options as RevocationOptions | undefined, {
    clockToleranceSec,
    events: createEventSink((event) => events.push(event)),
  });
}

describe('the options of revocation', () => {
  it('have their defaults, and may be left out', () => {
    expect(resolved(undefined)).toBeUndefined();
    expect(resolved({ store })).toMatchObject({
      store,
      onOutage: 'refuse',
      timeoutMs: 250,
      retainSec: 60,
    });
    const none = { store, onOutage: undefined, timeoutMs: undefined };
    expect(resolved(none)).toMatchObject({ onOutage: 'refuse', timeoutMs: 250 });
    expect(Object.isFrozen(resolved({ store }))).toBe(true);
  });

  it.each([1, 60_000])('timeoutMs may be %s', (timeoutMs) => {
    expect(resolved({ store, timeoutMs })).toMatchObject({ timeoutMs });
  });

  it.each([0, 60_001, 1.5, '250', Number.NaN, null])('timeoutMs may not be %s', (timeoutMs) => {
    expect(() => resolved({ store, timeoutMs })).toThrow(ConfigurationError);
    expect(() => resolved({ store, timeoutMs })).toThrow(
      'revocation.timeoutMs must be a whole number from 1 to 60000. Write: revocation: { store, timeoutMs: 250 }',
    );
  });

  it.each(['ignore', true, null])('onOutage may not be %s', (onOutage) => {
    expect(() => resolved({ store, onOutage })).toThrow(ConfigurationError);
    expect(() => resolved({ store, onOutage })).toThrow(
      "revocation.onOutage must be 'refuse' or 'accept'. Write: revocation: { store, onOutage: 'refuse' }",
    );
  });

  it('decide what the events about an outage say', () => {
    const events: AuthEvent[] = [];
    resolved({ store, onOutage: 'accept' }, 5, events)?.outage.begin();
    resolved({ store }, 5, events)?.outage.begin();
    expect(events).toMatchObject([{ outcome: 'accepted' }, { outcome: 'refused' }]);
  });

  it.each([
    ['none', undefined],
    ['null', null],
    ['a text', 'redis'],
    ['a function', () => false],
    ['what is not asked', { retainSec: 60 }],
    ['what cannot be asked', { retainSec: 60, isRevoked: true }],
  ])('store may not be %s', (_what, given) => {
    expect(() => resolved({ store: given })).toThrow(ConfigurationError);
    expect(() => resolved({ store: given })).toThrow(
      'revocation.store must say which tokens were revoked. Write: revocation: { store: memoryRevocations() }, or a table of your own: revocation: { store: { retainSec: Infinity, isRevoked: async ({ tokenId }) => … } }',
    );
  });

  it.each([undefined, 0, -1, '60', Number.NaN])('retainSec may not be %s', (retainSec) => {
    const given = { store: { ...store, retainSec } };
    expect(() => resolved(given)).toThrow(ConfigurationError);
    expect(() => resolved(given)).toThrow(
      'revocation.store.retainSec must be a number of seconds above 0. It says how long a mark is kept. Write: retainSec: 86_400, or Infinity if marks are never removed',
    );
  });

  it('retainSec may be Infinity', () => {
    const given = { store: { ...store, retainSec: Number.POSITIVE_INFINITY } };
    expect(resolved(given)?.retainSec).toBe(Number.POSITIVE_INFINITY);
  });

  it('a store with a toleranceSec below clockToleranceSec is refused', () => {
    const given = { store: memoryRevocations({ toleranceSec: 5 }) };
    expect(resolved(given, 5)).toBeDefined();
    expect(resolved({ store }, 300)).toBeDefined();
    expect(() => resolved(given, 5.5)).toThrow(ConfigurationError);
    expect(() => resolved(given, 5.5)).toThrow(
      'clockToleranceSec is more than the toleranceSec of revocation.store, so that a token could outlive its mark. Write: memoryRevocations({ toleranceSec: 6 }), or a smaller clockToleranceSec',
    );
    const none = { store: { ...store, toleranceSec: Number.NaN } };
    expect(() => resolved(none, 0)).toThrow(ConfigurationError);
  });

  it('unknown options are refused, with the line to write', () => {
    const line = 'Write: revocation: { store: memoryRevocations() }';
    expect(() => resolved({ store, onoutage: 'accept' })).toThrow(
      `revocation has no option "onoutage". Did you mean "onOutage"? Its options are: store, onOutage, timeoutMs. ${line}`,
    );
    expect(() => resolved(true)).toThrow(line);
  });
});
