import { describe, expect, it } from 'vitest';
import { createEventSink } from '../../src/lib/event-sink.ts';
import { createStoreOutage } from '../../src/lib/store-outage.ts';
import type { AuthEvent } from '../../src/model/events.ts';

type Told = Parameters<typeof createStoreOutage>[0];

function anOutage(told: Told) {
  const events: AuthEvent[] = [];
  const sink = createEventSink((event) => events.push(event));
  return { outage: createStoreOutage(told, sink), events };
}

describe.each<Told>([
  { store: 'revocation', outcome: 'refused' },
  { store: 'revocation', outcome: 'accepted' },
  { store: 'introspection', outcome: 'bypassed' },
])('an outage of the store of $store, where requests are $outcome', ({ store, outcome }) => {
  it('causes one event when it begins and one when it ends, each time', () => {
    const { outage, events } = anOutage({ store, outcome });
    outage.end();
    outage.begin();
    outage.begin();
    expect(events).toEqual([{ type: 'store.failed', store, outcome }]);
    outage.end();
    outage.end();
    expect(events.slice(1)).toEqual([{ type: 'store.recovered', store }]);
    outage.begin();
    expect(events).toHaveLength(3);
  });
});

it('an outage causes no event while nobody listens, but is still remembered', () => {
  const told: AuthEvent[] = [];
  const sink = { active: false, emit: (event: AuthEvent) => told.push(event) };
  const outage = createStoreOutage({ store: 'revocation', outcome: 'refused' }, sink);
  outage.begin();
  outage.end();
  expect(told).toEqual([]);
  outage.begin();
  sink.active = true;
  outage.begin();
  outage.end();
  expect(told).toEqual([{ type: 'store.recovered', store: 'revocation' }]);
});
