import type { TokenRequestErrorCode, TokenRequestReason } from './token-request-error.ts';

/**
 * What happened at the issuer, for audit logs and metrics: a closed union. An event holds no token,
 * no secret and nothing that an unauthenticated request brought.
 */
export type IssuerEvent =
  | {
      readonly type: 'token.issued';
      /** Whether the token is a user's or a client's. The event does not have a user's subject. */
      readonly kind: 'user' | 'client';
      readonly clientId: string;
      readonly tokenId: string;
      readonly audience: readonly string[];
      readonly scopes: readonly string[];
      /** Seconds since the epoch. */
      readonly expiresAt: number;
    }
  | {
      readonly type: 'token.refused';
      readonly code: TokenRequestErrorCode;
      readonly reason: TokenRequestReason;
      /** Known once the client was authenticated. */
      readonly clientId?: string;
    };

/** Receives every event. What it throws is ignored: telemetry never decides a request. */
export type IssuerEventListener = (event: IssuerEvent) => void;

/** A function that hands events to the listener, when there is one, and swallows what it throws. */
export function eventReporter(listener: IssuerEventListener | undefined): IssuerEventListener {
  if (listener === undefined) return () => {};
  return (event) => {
    try {
      // A listener may be async, with promises of any kind: its rejection must not be unhandled.
      Promise.resolve(listener(Object.freeze(event))).catch(() => {});
    } catch {
      // An error of the listener must not fail the request.
    }
  };
}
