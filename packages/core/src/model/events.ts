import type { IntrospectionFailure } from './introspection-failure.ts';
import type { LeaseEndCause } from './lease-end-cause.ts';
import type { AuthErrorCode, AuthErrorReason } from './reasons.ts';
import type { SignalFault, SignalSource } from './signal-fault.ts';
import type { TokenFault } from './token-fault.ts';

/** Why a key set could not be refreshed. */
export type RefreshFailure =
  | 'network'
  | 'timeout'
  | 'status'
  | 'redirect'
  | 'too_large'
  | 'not_json'
  | 'malformed'
  | 'issuer_mismatch'
  | 'empty';

/** Why a key of a set is not used. */
export type KeyUnfit =
  | 'malformed'
  | 'private'
  | 'symmetric'
  | 'use'
  | 'key_ops'
  | 'key_type'
  | 'too_small'
  | 'duplicate_kid'
  | 'too_many';

/**
 * What happened, for logs and metrics: a closed union. An event holds no token, no claim value and
 * nothing else that a request brought; `issuer` and `issuerName` are configuration. `url` may come from
 * the issuer's metadata (`jwks_uri`), and `statedIssuer` does.
 */
export type AuthEvent =
  | {
      readonly type: 'request.authenticated';
      readonly kind: 'user' | 'client';
      readonly issuerName: string;
      /** Whether the token was found in the verified-token cache. */
      readonly cached: boolean;
      /**
       * What the token is bound to, and the request has proved: `dpop` is a key (RFC 9449), `mtls` a client
       * certificate (RFC 8705).
       */
      readonly binding: 'none' | 'dpop' | 'mtls' | 'both';
      /** Where the claims come from. */
      readonly source: 'jwt' | 'introspection';
    }
  | ({
      readonly type: 'request.refused';
      readonly code: AuthErrorCode;
      readonly reason: AuthErrorReason;
      /** Known once the token was found to be from a configured issuer. */
      readonly issuerName?: string;
      /** The option to write, where the request was refused because it is missing. */
      readonly hint?: string;
      /** Who is calling, once known. */
      readonly kind?: 'user' | 'client';
      /** What a guard asked for and the caller does not meet, in the words of its description. */
      readonly requirement?: string;
    } & TokenFault)
  | {
      /** A proof was refused for its time. */
      readonly type: 'proof.clock_skew';
      /** By how much the proof's time is ahead of this machine's, in whole seconds, at most a day; negative: behind. */
      readonly seconds: number;
    }
  | {
      /** A store does not answer as it should: once, until it is back. */
      readonly type: 'store.failed';
      readonly store: 'replay' | 'revocation' | 'introspection';
      /**
       * What happens to requests meanwhile: they get 503; or the memory of this process alone decides about a
       * proof; or tokens are accepted without asking the store; or the authorization server is asked again,
       * although other processes know its answer.
       */
      readonly outcome: 'refused' | 'local' | 'accepted' | 'bypassed';
    }
  | {
      readonly type: 'store.recovered';
      readonly store: 'replay' | 'revocation' | 'introspection';
    }
  | {
      /** What a provider pushed was accepted, once for each `jti`. */
      readonly type: 'signal.accepted';
      readonly source: SignalSource;
      /** The configured issuer. */
      readonly issuer: string;
      /** The last part of a known event type, such as `session-revoked`; else `other`. */
      readonly event: string;
      /** Kinds of the marks that were made; none where the event revokes nothing here. */
      readonly marks: readonly ('token' | 'session' | 'subject' | 'principal' | 'client')[];
    }
  | {
      /** An event or a logout should revoke something, but nothing was revoked. */
      readonly type: 'revocation.unmapped';
      readonly source: SignalSource;
      readonly issuer: string;
      readonly event: string;
      /**
       * `subject_unknown`: its subject is of a form that no mark can hold, and `resolveSubject` knows none.
       * `issuer_not_spoken_for`: it is about another issuer's tokens. `no_session_in_tokens`: it names a
       * session alone, and access tokens of this provider carry none.
       */
      readonly cause: 'subject_unknown' | 'issuer_not_spoken_for' | 'no_session_in_tokens';
    }
  | {
      /** An event or a logout was refused, and nothing was done. */
      readonly type: 'signal.refused';
      readonly source: SignalSource;
      readonly reason: SignalFault;
      /** Known once the signature holds. */
      readonly issuer?: string;
    }
  | {
      /** `onSecurityEvent` threw or rejected. It is not told of that event again. */
      readonly type: 'signal.listener_failed';
      readonly issuer: string;
    }
  | {
      /** Used proofs are remembered in this process alone: right for one process, wrong for several. */
      readonly type: 'config.local_replay_store';
    }
  | { readonly type: 'keys.refreshed'; readonly issuer: string; readonly keys: number }
  | {
      readonly type: 'keys.refresh_failed';
      readonly issuer: string;
      readonly cause: RefreshFailure;
      /** The document that was asked for, without its query. */
      readonly url?: string;
      /** The status of its response, with the causes `status` and `redirect`. */
      readonly status?: number;
      /** The system's or TLS's name for what was wrong, with the cause `network`: `ECONNREFUSED`. */
      readonly code?: string;
      /** The issuer that the metadata states, with the cause `issuer_mismatch`. */
      readonly statedIssuer?: string;
      /** The line to write if tokens have that issuer. */
      readonly toWrite?: string;
    }
  | { readonly type: 'keys.stale'; readonly issuer: string; readonly staleForSec: number }
  | { readonly type: 'keys.withdrawn'; readonly issuer: string; readonly keys: number }
  | {
      readonly type: 'keys.ignored';
      readonly issuer: string;
      readonly cause: KeyUnfit;
      readonly keys: number;
    }
  | {
      readonly type: 'keys.snapshot';
      readonly issuer: string;
      readonly outcome: 'loaded' | 'saved' | 'refused' | 'failed';
    }
  | {
      /** Sent once, not for each request, until the cause changes or an answer comes. */
      readonly type: 'introspection.failed';
      readonly issuer: string;
      readonly cause: IntrospectionFailure;
      /** The response's status, when that is what was wrong. */
      readonly status?: number;
    }
  | { readonly type: 'introspection.recovered'; readonly issuer: string }
  | {
      /**
       * Once: the first answers of the server all said that the token is not active. Mostly the asking client
       * is not allowed to see the tokens: it is not in `aud`, or not linked to the API.
       */
      readonly type: 'introspection.nothing_active';
      readonly issuer: string;
      readonly answers: number;
    }
  | {
      /** A connection that outlives its request must end. Not sent for a lease that the application ended. */
      readonly type: 'lease.ended';
      readonly cause: Exclude<LeaseEndCause, 'released'>;
      readonly kind: 'user' | 'client';
      readonly issuerName: string;
    }
  | { readonly type: 'config.duplicate_resource_server'; readonly issuer: string }
  /** At start: keys of the issuer are fetched over http from a host of `allowHttp`. */
  | { readonly type: 'config.http_allowed'; readonly issuer: string; readonly host: string };

/** Receives every event. What it throws is ignored: telemetry never decides a request. */
export type EventListener = (event: AuthEvent) => void;
