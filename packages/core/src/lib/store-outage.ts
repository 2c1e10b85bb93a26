import type { AuthEvent } from '../model/events.ts';
import type { EventSink } from './event-sink.ts';

type StoreFailed = Extract<AuthEvent, { readonly type: 'store.failed' }>;

/** Tells of an outage of a store when it begins and when it ends, not on each request. */
export interface StoreOutage {
  /** The store did not answer as it should. */
  begin(): void;
  /** The store answered. */
  end(): void;
}

/** `store` and `outcome` are told: which store it is, and what becomes of requests meanwhile. */
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
