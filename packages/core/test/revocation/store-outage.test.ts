import { describe, expect, it } from 'vitest';
import { createEventSink } from '../../src/lib/event-sink.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { createStoreOutage } from '../../src/revocation/store-outage.ts';

function anOutage(onOutage: 'refuse' | 'accept') {
  const events: AuthEvent[] = [];
  const sink = createEventSink((event) => events.push(event));
  return { outage: createStoreOutage(onOutage, sink), events };
}

describe.each([
  ['refuse', 'refused'],
  ['accept', 'accepted'],
] as const)('an outage where requests are to be handled so: %s', (onOutage, outcome) => {
  it('is told once when it begins and once when it ends, each time', () => {
    const { outage, events } = anOutage(onOutage);
    outage.end();
    outage.begin();
    outage.begin();
    expect(events).toEqual([{ type: 'store.failed', store: 'revocation', outcome }]);
    outage.end();
    outage.end();
    expect(events.slice(1)).toEqual([{ type: 'store.recovered', store: 'revocation' }]);
    outage.begin();
    expect(events).toHaveLength(3);
  });
});

it('is not told where nobody listens, and remembered all the same', () => {
  const told: AuthEvent[] = [];
  const sink = { active: false, emit: (event: AuthEvent) => told.push(event) };
  const outage = createStoreOutage('refuse', sink);
  outage.begin();
  outage.end();
  expect(told).toEqual([]);
  outage.begin();
  sink.active = true;
  outage.begin();
  outage.end();
  expect(told).toEqual([{ type: 'store.recovered', store: 'revocation' }]);
});
