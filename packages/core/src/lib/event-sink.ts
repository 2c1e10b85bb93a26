import { channel } from 'node:diagnostics_channel';
import type { AuthEvent, EventListener } from '../model/events.ts';
import { ignoreRejection } from './callback-result.ts';
import { type Warn, warnOperator } from './operator-warning.ts';

/** Sends events to `onEvent` and to the `node:diagnostics_channel` channel `authly`. */
export interface EventSink {
  /** False when nobody listens: ask before building an event on a request's way. */
  readonly active: boolean;
  emit(event: AuthEvent): void;
}

type RefreshFailed = Extract<AuthEvent, { type: 'keys.refresh_failed' }>;

const diagnostics = channel('authly');

/** A resolver may return any number of issuers, so only so many warnings are given and remembered. */
const MAX_WARNINGS = 100;

/**
 * A sink that gives every event to `onEvent`, when there is one, and to the diagnostics channel. When
 * nobody listens at all, keys that cannot be fetched cause a process warning (`AuthlyWarning`),
 * once for each issuer and cause: an API that answers 503 must say why somewhere.
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
          // A listener may be async. An unhandled rejection of it would end the process.
          ignoreRejection(onEvent(frozen));
        } catch {
          // A subscriber's fault is not the request's.
        }
      }
      // Node hands a subscriber's exception to process.nextTick, where it would end the process:
      // this is the documented contract of diagnostics_channel, so subscribers must not throw.
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
  return `Keys of ${issuer} could not be fetched: ${what}${where}.${mend} Give onEvent to be told each time.`;
}
