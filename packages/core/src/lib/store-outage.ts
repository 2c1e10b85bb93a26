import type { AuthEvent } from '../model/events.ts';
import type { EventSink } from './event-sink.ts';

type StoreFailed = Extract<AuthEvent, { readonly type: 'store.failed' }>;

/** Reports an outage of a store when it begins and when it ends, not for each request. */
export interface StoreOutage {
  /** Must be called whenever the store fails. */
  begin(): void;
  /** Must be called whenever the store answers. */
  end(): void;
}

/**
 * Makes what reports the outages of one store. The events name it by `store`; `outcome` says what happens to requests
 * during an outage.
 */
export function createStoreOutage(
  { store, outcome }: Pick<StoreFailed, 'store' | 'outcome'>,
  events: EventSink,
): StoreOutage {
  let isFailing = false;
  return {
    begin() {
      if (isFailing) return;
      isFailing = true;
      if (events.active) events.emit({ type: 'store.failed', store, outcome });
    },
    end() {
      if (!isFailing) return;
      isFailing = false;
      if (events.active) events.emit({ type: 'store.recovered', store });
    },
  };
}
