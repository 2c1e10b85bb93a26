import { describe, expect, it } from 'vitest';
import { eventReporter, type IssuerEvent } from '../src/events.ts';

const event: IssuerEvent = {
  type: 'token.refused',
  code: 'invalid_client',
  reason: 'secret_wrong',
};

describe('eventReporter', () => {
  it('hands over each event, frozen', () => {
    const seen: IssuerEvent[] = [];
    eventReporter((heard) => seen.push(heard))({ ...event });
    expect(seen).toEqual([event]);
    expect(Object.isFrozen(seen[0])).toBe(true);
  });

  // An unhandled rejection would fail the run.
  it.each([
    [
      'throws',
      () => {
        throw new Error('listener');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('listener');
      },
    ],
  ])('ignores a listener that %s', (_, listener) => {
    expect(() => eventReporter(listener)({ ...event })).not.toThrow();
  });

  it('works without a listener', () => {
    expect(() => eventReporter(undefined)({ ...event })).not.toThrow();
  });
});
