import { channel } from 'node:diagnostics_channel';
import type { AuthEvent, EventListener } from '../model/events.ts';
import { ignoreRejection } from './callback-result.ts';

/** The way out for events: `onEvent` and the `node:diagnostics_channel` channel `authly`. */
export interface EventSink {
  /** False when nobody listens: ask before building an event on a request's way. */
  readonly active: boolean;
  emit(event: AuthEvent): void;
}

const diagnostics = channel('authly');

/** A sink that gives every event to `onEvent`, when there is one, and to the diagnostics channel. */
export function createEventSink(onEvent?: EventListener): EventSink {
  return {
    get active() {
      return onEvent !== undefined || diagnostics.hasSubscribers;
    },
    emit(event) {
      const frozen = Object.freeze(event);
      if (onEvent !== undefined) {
        try {
          // A listener may be async; its rejection must not become an unhandled one.
          ignoreRejection(onEvent(frozen));
        } catch {
          // A subscriber's fault is not the request's.
        }
      }
      // Node hands a subscriber's exception to process.nextTick, where it would end the process:
      // that is Node's documented contract of diagnostics_channel, and the subscriber's to keep.
      if (diagnostics.hasSubscribers) diagnostics.publish(frozen);
    },
  };
}
