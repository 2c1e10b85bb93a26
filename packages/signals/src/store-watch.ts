import type { EventSink } from '@authly/core/adapter';

/** The stores that signals need. */
type Store = 'revocation' | 'replay';

/** Tells of a store's outage when it begins and when it ends, not at each signal. */
export interface StoreWatch {
  failed(store: Store): void;
  answered(store: Store): void;
}

export function createStoreWatch(events: EventSink): StoreWatch {
  const failing = new Set<Store>();
  return {
    failed(store) {
      if (failing.has(store)) return;
      failing.add(store);
      events.emit({ type: 'store.failed', store, outcome: 'refused' });
    },
    answered(store) {
      if (failing.delete(store)) events.emit({ type: 'store.recovered', store });
    },
  };
}
