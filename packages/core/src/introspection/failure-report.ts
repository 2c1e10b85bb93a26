import type { EventSink } from '../lib/event-sink.ts';
import type { IntrospectionFailed } from './introspection-failed.ts';

/** Tells operators how one server does: changes, not each request. */
export interface FailureReport {
  /** What the server is known for, until it answers. */
  readonly last: IntrospectionFailed | undefined;
  failed(error: IntrospectionFailed): void;
  answered(isActive: boolean): void;
}

/** So many answers without one active token, and it is mostly the client that may not see them. */
const NOTHING_ACTIVE_AFTER = 20;

/** Makes the events `introspection.failed`, `.recovered` and `.nothing_active` of one issuer. */
export function createFailureReport(issuer: string, events: EventSink): FailureReport {
  let last: IntrospectionFailed | undefined;
  /** Answers so far; `undefined` once one was active, or it was told. */
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
