import type { EventSink } from '../lib/event-sink.ts';
import type { IntrospectionFailed } from './introspection-failed.ts';

/** Reports to operators when a server begins to fail and when it works again, not each failed request. */
export interface FailureReport {
  /** The last failure; `undefined` once the server has answered after it. */
  readonly last: IntrospectionFailed | undefined;
  failed(error: IntrospectionFailed): void;
  answered(isActive: boolean): void;
}

/**
 * After this many answers without one active token there is an event. Mostly the cause is that our client is not
 * allowed to introspect these tokens.
 */
const NOTHING_ACTIVE_AFTER = 20;

/** Makes the events `introspection.failed`, `.recovered` and `.nothing_active` of one issuer. */
export function createFailureReport(issuer: string, events: EventSink): FailureReport {
  let last: IntrospectionFailed | undefined;
  /** Number of inactive answers so far; `undefined` after an active answer, or after the event was emitted. */
  let inactiveAnswers: number | undefined = 0;

  return {
    get last() {
      return last;
    },
    failed(error) {
      const isNews = last?.failure !== error.failure || last.status !== error.status;
      last = error;
      if (!isNews) return;
      const { failure: cause, status } = error;
      const type = 'introspection.failed';
      events.emit({ type, issuer, cause, ...(status === undefined ? {} : { status }) });
    },
    answered(isActive) {
      if (last !== undefined) {
        last = undefined;
        events.emit({ type: 'introspection.recovered', issuer });
      }
      if (isActive) inactiveAnswers = undefined;
      else if (inactiveAnswers !== undefined && ++inactiveAnswers === NOTHING_ACTIVE_AFTER) {
        events.emit({
          type: 'introspection.nothing_active',
          issuer,
          answers: NOTHING_ACTIVE_AFTER,
        });
        inactiveAnswers = undefined;
      }
    },
  };
}
