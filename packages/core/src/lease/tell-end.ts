import { ignoreRejection } from '../lib/callback-result.ts';
import { type LeaseEnd, LeaseEndedError } from './lease-end.ts';
import type { LeaseEndListener, LeaseState } from './lease-state.ts';

/** Tells everybody who asked to be told that a lease has ended, once. */
export function tellEnd(state: LeaseState, end: LeaseEnd): void {
  const { listener, extras } = state;
  state.listener = undefined;
  if (listener !== undefined) tellListener(listener, end);
  if (extras === undefined) return;
  const { listeners = [], controller } = extras;
  extras.listeners = [];
  for (const each of listeners) tellListener(each, end);
  controller?.abort(new LeaseEndedError(end));
}

/** What a listener throws is ignored: other leases may end at the same time. */
export function tellListener(listener: LeaseEndListener, end: LeaseEnd): void {
  try {
    // A listener may be async; its rejection must not become an unhandled one.
    ignoreRejection(listener(end));
  } catch {
    // The fault is the listener's, and the lease has ended all the same.
  }
}
