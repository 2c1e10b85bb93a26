import { createStoreOutage, type EventSink } from '@authly/core/adapter';

/** The stores that signals need. */
type Store = 'revocation' | 'replay';

/** Reports a store's outage when it begins and when it ends, not at each signal. */
export interface StoreWatch {
  failed(store: Store): void;
  answered(store: Store): void;
}

export function createStoreWatch(events: EventSink): StoreWatch {
  const outages = {
    revocation: createStoreOutage({ store: 'revocation', outcome: 'refused' }, events),
    replay: createStoreOutage({ store: 'replay', outcome: 'refused' }, events),
  };
  return {
    failed: (store) => outages[store].begin(),
    answered: (store) => outages[store].end(),
  };
}
