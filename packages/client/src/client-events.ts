import { channel } from 'node:diagnostics_channel';
import { ignoreRejection } from '@authly/core/client';
import type { TokenFailure } from './reasons.ts';
import type { ServerErrorCode } from './server-error-code.ts';

/** The grant with which a token was requested. */
export type GrantKind = 'client_credentials' | 'exchange';

interface OfSource {
  /** The issuer as it is configured. */
  readonly issuer: string;
  readonly clientId: string;
  readonly grant: GrantKind;
}

interface Fetched extends OfSource {
  readonly expiresInSec: number;
  readonly binding: 'none' | 'dpop';
}

/**
 * What happened to tokens, for logs and metrics. The union is closed. An event contains no token, no secret,
 * and nothing about a caller.
 */
export type TokenEvent =
  | ({ readonly type: 'token.fetched' } & Fetched)
  /** The new token replaces one that had not expired yet. */
  | ({ readonly type: 'token.refreshed' } & Fetched)
  | ({
      readonly type: 'token.failed';
      readonly cause: TokenFailure;
      /**
       * The HTTP status of the server's response, and below it the error code of that response, if it is a
       * known one.
       */
      readonly status?: number;
      readonly error?: ServerErrorCode;
      /** The error code of the system or of TLS, such as `ECONNREFUSED`. */
      readonly code?: string;
      readonly retryInSec: number;
    } & OfSource)
  /** The server was asked for a new token and returned the old one again. */
  | ({ readonly type: 'token.same_again' } & OfSource)
  /** An API did not accept a token that had not expired. The request is sent again with another token. */
  | ({ readonly type: 'token.rejected' } & OfSource)
  /**
   * Sent at most once by a source. The token is a JWT whose `aud` does not name the requested resource. So
   * the server ignores `resource` (RFC 8707), as Keycloak, Hydra and Spring do. Most such servers take
   * `audience` instead, which the option `parameters` can send.
   */
  | ({ readonly type: 'token.resource_ignored'; readonly resource: string } & OfSource)
  /** The metadata names a token endpoint on another origin than before. */
  | ({ readonly type: 'issuer.endpoint_moved'; readonly url: string } & Omit<OfSource, 'grant'>);

/** Receives every event. What it throws is ignored. */
export type TokenEventListener = (event: TokenEvent) => void;

const diagnostics = channel('authly.client');

/**
 * Makes a function that sends each event to `onEvent` and to the channel `authly.client` of
 * `node:diagnostics_channel`.
 */
export function createEmit(onEvent: TokenEventListener | undefined): TokenEventListener {
  return (event) => {
    const frozen = Object.freeze(event);
    try {
      ignoreRejection(onEvent?.(frozen));
    } catch {
      // An error of a listener must not fail the call.
    }
    if (diagnostics.hasSubscribers) diagnostics.publish(frozen);
  };
}
