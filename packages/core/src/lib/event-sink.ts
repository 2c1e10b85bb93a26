import { channel } from 'node:diagnostics_channel';
import type { AuthEvent, EventListener } from '../model/events.ts';
import { ignoreRejection } from './callback-result.ts';
import { type Warn, warnOperator } from './operator-warning.ts';

/** Sends events to `onEvent` and to the `node:diagnostics_channel` channel `authly`. */
export interface EventSink {
  /** `false` when nobody listens. Ask before you build an event in code that every request runs. */
  readonly active: boolean;
  /** Freezes the event and sends it. Never throws because of `onEvent`. */
  emit(event: AuthEvent): void;
}

type RefreshFailed = Extract<AuthEvent, { type: 'keys.refresh_failed' }>;

const diagnostics = channel('authly');

/** At most this many warnings are given and remembered, because a resolver may return any number of issuers. */
const MAX_WARNINGS = 100;

/**
 * Makes a sink that gives every event to `onEvent`, if there is one, and to the diagnostics channel. If nobody listens to
 * either, a failure to fetch keys causes a process warning (`AuthlyWarning`), once for each issuer and cause, so that the
 * operator can find out why an API answers 503.
 */
export function createEventSink(onEvent?: EventListener, warn: Warn = warnOperator): EventSink {
  const warned = new Set<string>();

  function warnOnce(event: RefreshFailed): void {
    const key = `${event.cause} ${event.issuer}`;
    if (warned.has(key) || warned.size === MAX_WARNINGS) return;
    warned.add(key);
    warn(textOf(event), 'AuthlyWarning');
  }

  const isHeard = () => onEvent !== undefined || diagnostics.hasSubscribers;

  return {
    get active() {
      return isHeard();
    },
    emit(event) {
      const frozen = Object.freeze(event);
      if (event.type === 'keys.refresh_failed' && !isHeard()) warnOnce(event);
      if (onEvent !== undefined) {
        try {
          // A listener may be async. An unhandled rejection of its promise would end the process.
          ignoreRejection(onEvent(frozen));
        } catch {
          // The error of a listener must not fail the request.
        }
      }
      // A subscriber of the channel must not throw: Node throws its exception again in process.nextTick, which ends the
      // process. The documentation of diagnostics_channel says so.
      if (diagnostics.hasSubscribers) diagnostics.publish(frozen);
    },
  };
}

function textOf({
  issuer,
  cause,
  url,
  status,
  code,
  statedIssuer,
  toWrite,
}: RefreshFailed): string {
  const what = [cause, status, code].filter((part) => part !== undefined).join(' ');
  const where = url === undefined ? '' : ` at ${url}`;
  const mend =
    statedIssuer === undefined
      ? ''
      : ` It states the issuer ${statedIssuer}. If tokens have that iss, write: ${toWrite}.`;
  return `Keys of ${issuer} could not be fetched: ${what}${where}.${mend} Set onEvent to get an event each time.`;
}
