import { ignoreRejection } from '../lib/callback-result.ts';
import { type LeaseEnd, LeaseEndedError } from './lease-end.ts';
import type { LeaseEndListener, LeaseState } from './lease-state.ts';

/** Calls every listener of a lease that has ended, once, and aborts its signal. */
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

/** Calls a listener. Its errors are ignored, because other listeners and leases must be told as well. */
export function tellListener(listener: LeaseEndListener, end: LeaseEnd): void {
  try {
    // A listener may be async. An unhandled rejection of its promise would end the process.
    ignoreRejection(listener(end));
  } catch {
    // Ignored: the lease has ended in any case.
  }
}
