import type { SignalFault } from '@authly/core';

/** Codes of RFC 8935 §2.4, and `invalid_state` of the Shared Signals Framework. */
export type DeliveryErrorCode =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'invalid_state';

/** What a fault means to the sender of the signal. */
interface FaultMeaning {
  /** `undefined`: not the sender's fault, and sending again may help. */
  readonly code: DeliveryErrorCode | undefined;
  /** Public and fixed: nothing of the request is in it. */
  readonly description: string;
}

/** The only table that says what each fault means. */
export const SIGNAL_FAULTS: Readonly<Record<SignalFault, FaultMeaning>> = {
  method_not_allowed: {
    code: 'invalid_request',
    description: 'The request method is not allowed here',
  },
  content_type_unsupported: {
    code: 'invalid_request',
    description: 'The content type of the request is not accepted here',
  },
  body_too_large: { code: 'invalid_request', description: 'The request body is too large' },
  body_malformed: { code: 'invalid_request', description: 'The request body is malformed' },
  parameter_repeated: {
    code: 'invalid_request',
    description: 'A request parameter is included more than once',
  },
  authorization_mismatch: {
    code: 'authentication_failed',
    description: 'The Authorization header is not the one of this stream',
  },
  token_malformed: { code: 'invalid_request', description: 'The token is malformed' },
  type_not_accepted: {
    code: 'invalid_request',
    description: 'The token is not of the type that is accepted here',
  },
  issuer_unknown: { code: 'invalid_issuer', description: 'The issuer is not accepted here' },
  audience_mismatch: {
    code: 'invalid_audience',
    description: 'The token is meant for another audience',
  },
  key_unknown: { code: 'invalid_key', description: 'The token is signed with an unknown key' },
  signature_invalid: { code: 'invalid_key', description: 'The signature is invalid' },
  algorithm_not_allowed: {
    code: 'invalid_key',
    description: 'The token is signed with an algorithm that is not accepted',
  },
  claim_missing: { code: 'invalid_request', description: 'The token lacks a required claim' },
  claim_malformed: { code: 'invalid_request', description: 'The token has a malformed claim' },
  claim_forbidden: {
    code: 'invalid_request',
    description: 'The token has a claim that such a token must not have',
  },
  not_timely: {
    code: 'invalid_request',
    description: 'The token has expired, or is too old or new',
  },
  state_unexpected: { code: 'invalid_state', description: 'The state is not the requested one' },
  keys_unavailable: {
    code: undefined,
    description: 'The keys of the issuer cannot be fetched at the moment',
  },
  store_unavailable: {
    code: undefined,
    description: 'The revocation cannot be stored at the moment',
  },
  share_used_up: {
    code: undefined,
    description: 'The issuer has used up its share of the revocations that can be stored',
  },
  lookup_unavailable: {
    code: undefined,
    description: 'What the event names cannot be looked up at the moment',
  },
};
