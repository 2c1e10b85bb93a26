import { channel } from 'node:diagnostics_channel';
import type { AuthErrorCode, AuthErrorReason } from './reasons.ts';

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
 * nothing else that a request brought; `issuer` and `issuerName` are configuration.
 */
export type AuthEvent =
  | {
      readonly type: 'request.authenticated';
      readonly kind: 'user' | 'client';
      readonly issuerName: string;
      /** Whether the token was found in the verified-token cache. */
      readonly cached: boolean;
    }
  | {
      readonly type: 'request.refused';
      readonly code: AuthErrorCode;
      readonly reason: AuthErrorReason;
      /** Known once the token was found to be from a configured issuer. */
      readonly issuerName?: string;
    }
  | { readonly type: 'keys.refreshed'; readonly issuer: string; readonly keys: number }
  | {
      readonly type: 'keys.refresh_failed';
      readonly issuer: string;
      readonly cause: RefreshFailure;
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
  | { readonly type: 'config.duplicate_resource_server'; readonly issuer: string };

/** Receives every event. What it throws is ignored: telemetry never decides a request. */
export type EventListener = (event: AuthEvent) => void;

/** The way out for events: `onEvent` and the `node:diagnostics_channel` channel `authly`. */
export interface EventSink {
  /** False when nobody listens: ask before building an event on a request's way. */
  readonly active: boolean;
  emit(event: AuthEvent): void;
}

const diagnostics = channel('authly');

/** A sink that gives every event to `onEvent`, when there is one, and to the diagnostics channel. */
export function createEventSink(onEvent?: EventListener): EventSink {
  return {
    get active() {
      return onEvent !== undefined || diagnostics.hasSubscribers;
    },
    emit(event) {
      const frozen = Object.freeze(event);
      if (onEvent !== undefined) {
        try {
          const result: unknown = onEvent(frozen);
          // An async listener that rejects must not become an unhandled rejection.
          if (result instanceof Promise) result.catch(ignore);
        } catch {
          // A subscriber's fault is not the request's.
        }
      }
      // Node hands a subscriber's exception to process.nextTick, where it would end the process:
      // that is Node's documented contract of diagnostics_channel, and the subscriber's to keep.
      if (diagnostics.hasSubscribers) diagnostics.publish(frozen);
    },
  };
}

function ignore(): void {}
