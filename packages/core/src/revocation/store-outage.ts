import type { EventSink } from '../lib/event-sink.ts';

/** Tells of an outage of the revocation store when it begins and when it ends, not on each request. */
export interface StoreOutage {
  /** The store did not answer as it should. */
  begin(): void;
  /** The store answered. */
  end(): void;
}

/** `onOutage` is what becomes of requests meanwhile. */
export function createStoreOutage(onOutage: 'refuse' | 'accept', events: EventSink): StoreOutage {
  const outcome = onOutage === 'refuse' ? 'refused' : 'accepted';
  let isFailing = false;
  return {
    begin() {
      if (isFailing) return;
      isFailing = true;
      if (events.active) events.emit({ type: 'store.failed', store: 'revocation', outcome });
    },
    end() {
      if (!isFailing) return;
      isFailing = false;
      if (events.active) events.emit({ type: 'store.recovered', store: 'revocation' });
    },
  };
}
