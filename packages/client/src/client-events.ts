import { channel } from 'node:diagnostics_channel';
import { ignoreRejection } from '@authly/core/client';
import type { TokenFailure } from './reasons.ts';
import type { ServerErrorCode } from './server-error-code.ts';

/** How a token was asked for. */
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
 * What happened to tokens, for logs and metrics: a closed union. An event holds no token, no secret, and
 * nothing of a caller.
 */
export type TokenEvent =
  | ({ readonly type: 'token.fetched' } & Fetched)
  /** The new token replaces one that was still there. */
  | ({ readonly type: 'token.refreshed' } & Fetched)
  | ({
      readonly type: 'token.failed';
      readonly cause: TokenFailure;
      /** Status of the server's response, and its `error`, where it is a registered one. */
      readonly status?: number;
      readonly error?: ServerErrorCode;
      /** The system's or TLS's name for what was wrong: `ECONNREFUSED`. */
      readonly code?: string;
      readonly retryInSec: number;
    } & OfSource)
  /** Asked for a new token, the server gave the old one again. */
  | ({ readonly type: 'token.same_again' } & OfSource)
  /** An API did not accept a token that had not expired; it was sent another one. */
  | ({ readonly type: 'token.rejected' } & OfSource)
  /**
   * Once: the token is a JWT, and its `aud` does not name the resource that was asked for. The server
   * ignores `resource` (RFC 8707), as Keycloak, Hydra and Spring do: mostly it wants `audience`, which
   * `parameters` can say.
   */
  | ({ readonly type: 'token.resource_ignored'; readonly resource: string } & OfSource)
  /** The metadata names a token endpoint on another origin than before. */
  | ({ readonly type: 'issuer.endpoint_moved'; readonly url: string } & Omit<OfSource, 'grant'>);

/** Receives every event. What it throws is ignored. */
export type TokenEventListener = (event: TokenEvent) => void;

/**
 * Why a certificate could not be read anew. `late`: its function has not answered; `unreadable`: it threw;
 * `unusable`: certificate and key are not PEM, or not a pair.
 */
export type CertificateTrouble = 'late' | 'unreadable' | 'unusable';

/** What happened to the certificate of a `certificateFetch`. It holds nothing of the certificate or its key. */
export interface CertificateEvent {
  /** For 30 seconds the certificate could not be read anew, and the old one is still used. Once, until it can be. */
  readonly type: 'certificate.not_renewed';
  readonly cause: CertificateTrouble;
}

/** Receives every event. What it throws is ignored. */
export type CertificateEventListener = (event: CertificateEvent) => void;

const diagnostics = channel('authly.client');

/**
 * A way out for events: `onEvent`, and the channel `authly.client` of `node:diagnostics_channel`. Gives whether somebody
 * listens.
 */
export function createEmit<Event extends object>(
  onEvent: ((event: Event) => void) | undefined,
): (event: Event) => boolean {
  return (event) => {
    const frozen = Object.freeze(event);
    try {
      ignoreRejection(onEvent?.(frozen));
    } catch {
      // An error of a listener must not fail the call.
    }
    if (diagnostics.hasSubscribers) diagnostics.publish(frozen);
    return onEvent !== undefined || diagnostics.hasSubscribers;
  };
}
