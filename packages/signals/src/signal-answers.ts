import type { HandlerResponse, SignalFault } from '@authly/core';
import { SIGNAL_FAULTS } from './signal-faults.ts';

/** The answers of a handler. */
export interface SignalAnswers {
  /** The signal was accepted, and its marks are stored. */
  readonly accepted: HandlerResponse;
  refused(fault: SignalFault): HandlerResponse;
}

/** Long enough for a short outage to end. */
const RETRY_AFTER_SEC = '5';
const NOT_STORED = Object.freeze({ 'cache-control': 'no-store' });

/** Answers of RFC 8935 §2.2 to §2.4: 202; 400 with a code; or 503, so that the transmitter sends the event again. */
export const EVENT_ANSWERS: SignalAnswers = Object.freeze<SignalAnswers>({
  accepted: answer(202, NOT_STORED),
  refused(fault) {
    const { code, description } = SIGNAL_FAULTS[fault];
    if (code === undefined) return answer(503, { ...NOT_STORED, 'retry-after': RETRY_AFTER_SEC });
    const headers = { ...NOT_STORED, 'content-type': 'application/json', 'content-language': 'en' };
    return refusal(fault, headers, { err: code, description });
  },
});

/**
 * Answers of OpenID Connect Back-Channel Logout 1.0 §2.8: 200, or 400, also where the token is good but the
 * logout failed.
 */
export const LOGOUT_ANSWERS: SignalAnswers = Object.freeze<SignalAnswers>({
  accepted: answer(200, NOT_STORED),
  refused(fault) {
    const headers = { ...NOT_STORED, 'content-type': 'application/json' };
    const { description } = SIGNAL_FAULTS[fault];
    return refusal(fault, headers, { error: 'invalid_request', error_description: description });
  },
});

/** The answer to a logout for which nothing can be revoked here. */
export const LOGOUT_UNMAPPED: HandlerResponse = answer(
  400,
  { ...NOT_STORED, 'content-type': 'application/json' },
  {
    error: 'invalid_request',
    error_description: 'The access tokens of the issuer do not carry the session that has ended',
  },
);

function refusal(
  fault: SignalFault,
  headers: Readonly<Record<string, string>>,
  body: object,
): HandlerResponse {
  return fault === 'method_not_allowed'
    ? answer(405, { ...headers, allow: 'POST' }, body)
    : answer(400, headers, body);
}

function answer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body?: object,
): HandlerResponse {
  return Object.freeze({
    status,
    headers: Object.freeze(headers),
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}
