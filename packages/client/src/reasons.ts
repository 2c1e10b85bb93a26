/** Why there is no token, or why a request cannot be sent with it. The list is closed. */
export type TokenFailure =
  | 'issuer_unreachable'
  | 'issuer_timeout'
  | 'issuer_unavailable'
  | 'issuer_redirects'
  | 'metadata_unavailable'
  | 'metadata_unusable'
  | 'credentials_unavailable'
  | 'client_refused'
  | 'request_refused'
  | 'subject_refused'
  | 'answer_unusable'
  | 'not_bound'
  | 'not_exchanged'
  | 'subject_expired'
  | 'no_subject'
  | 'foreign_origin'
  | 'own_authorization'
  | 'too_many_redirects'
  | 'closed';

/** The text of a reason, and how such a failure is treated. */
interface ReasonFacts {
  readonly text: string;
  /** Whether the failure may pass by itself. If so, the next attempt comes soon, and an API answers 503. */
  readonly passes: boolean;
  /**
   * What the failure affects. `server`: every request of this client to this server. `token`: one token only.
   * `caller`: one call, which the calling code must change; it is not remembered.
   */
  readonly concerns: 'server' | 'token' | 'caller';
}

/** The facts of each reason. */
export const REASONS: Readonly<Record<TokenFailure, ReasonFacts>> = {
  issuer_unreachable: {
    text: 'The authorization server could not be reached',
    passes: true,
    concerns: 'server',
  },
  issuer_timeout: {
    text: 'The authorization server did not answer in time',
    passes: true,
    concerns: 'server',
  },
  issuer_unavailable: {
    text: 'The authorization server answered that it cannot serve now',
    passes: true,
    concerns: 'server',
  },
  issuer_redirects: {
    text: 'The authorization server answered with a redirect, which is not followed',
    passes: true,
    concerns: 'server',
  },
  metadata_unavailable: {
    text: 'The metadata of the authorization server could not be read',
    passes: true,
    concerns: 'server',
  },
  metadata_unusable: {
    text: 'The authorization server has no metadata of this issuer, or its metadata names no token endpoint that may be used',
    passes: false,
    concerns: 'server',
  },
  credentials_unavailable: {
    text: 'The credentials of this client could not be read or made',
    passes: true,
    concerns: 'server',
  },
  client_refused: {
    text: 'The authorization server does not accept the credentials of this client',
    passes: false,
    concerns: 'server',
  },
  request_refused: {
    text: 'The authorization server refuses what this client asks for',
    passes: false,
    concerns: 'token',
  },
  subject_refused: {
    text: 'The authorization server does not exchange the token of the caller',
    passes: false,
    concerns: 'token',
  },
  answer_unusable: {
    text: 'The token endpoint did not answer with a usable token',
    passes: true,
    concerns: 'token',
  },
  not_bound: {
    text: 'The token is not bound to the key of this client, although dpop is on',
    passes: false,
    concerns: 'token',
  },
  not_exchanged: {
    text: 'The authorization server returned the token of the caller instead of a new one',
    passes: false,
    concerns: 'token',
  },
  subject_expired: {
    text: 'The token of the caller has expired',
    passes: false,
    concerns: 'caller',
  },
  no_subject: {
    text: 'The request was let in without a token, so there is none to exchange',
    passes: false,
    concerns: 'caller',
  },
  foreign_origin: {
    text: "The URL is not absolute, or the token may not be sent to its origin. Write in tokenSource(): origins: ['https://billing.acme.com']",
    passes: false,
    concerns: 'caller',
  },
  own_authorization: {
    text: 'The request sets the header authorization or dpop itself. Leave them out, because this fetch sets them. To act for the caller, use source.onBehalfOf(request).fetch(…)',
    passes: false,
    concerns: 'caller',
  },
  too_many_redirects: {
    text: 'The API redirected the request too many times',
    passes: false,
    concerns: 'caller',
  },
  closed: { text: 'The token source was closed', passes: false, concerns: 'caller' },
};
