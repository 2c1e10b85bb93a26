import type { RequestView } from '../http/request-view.ts';
import type { Principal, RegisteredClaims } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { LeaseEnd } from './lease-end.ts';

/** What a lease is begun with. */
export interface LeaseOptions {
  /** What let the caller in: the principal of each renewal must meet it, too. Default: nothing. */
  readonly requirements?: readonly Requirement[] | undefined;
  /**
   * The request that opened the connection. Renewals with a token that is bound to its sender need it: the
   * proof is for its URL and method. It is kept as long as the lease.
   */
  readonly request?: RequestView | undefined;
}

/** When {@link Lease.onRenewalDue} calls. */
export interface RenewalDueOptions {
  /** So many seconds before the token expires. 1 to 86,400. Default 60. */
  readonly bySec?: number | undefined;
}

/**
 * The right of an open connection to go on: a WebSocket, an event stream, whatever outlives its request.
 * It holds while the token does, and ends once: at the token's `exp` to the second (no tolerance: a
 * connection is no request in flight), when the token is revoked, when its key is withdrawn or its issuer
 * is not configured any more, when the authorization server calls an introspected token inactive.
 *
 * It watches the caller, not the messages: what the caller may do with each is the application's. It closes
 * nothing itself.
 */
export interface Lease<Claims = RegisteredClaims> {
  /** Who is calling: the principal of the last renewal. */
  readonly principal: Principal<Claims>;
  /** `undefined` while the lease holds: the one thing to look at before an answer that matters. */
  readonly ended: LeaseEnd | undefined;
  /** When the token expires: seconds since the epoch. */
  readonly expiresAt: number;
  /**
   * Aborted when the lease ends; `signal.reason` is a `LeaseEndedError` then. Made when it is first read,
   * and takes about 1 KB: where there are very many connections, `onEnd` is cheaper.
   */
  readonly signal: AbortSignal;
  /** Calls when the lease ends; at once where it has ended already. What a listener throws is ignored. */
  onEnd(listener: (end: LeaseEnd) => void): void;
  /**
   * Calls once, some time before the token expires, and once more for each renewal; at the next look where
   * that time has passed already. One listener: another one takes its place.
   *
   * @throws ConfigurationError for options that are not right.
   */
  onRenewalDue(listener: () => void, options?: RenewalDueOptions): void;
  /**
   * Goes on with a new token of the same caller: fully verified, with the same `principal.key`, client,
   * actor, issuer, audience and binding, and meeting the same requirements. `proof` is a DPoP proof for the
   * request that opened the connection (its URL, its method, a new `jti`: RFC 9449 §4.2).
   *
   * Rejects with `RefusedError` otherwise, and the lease goes on to its old end. A token that expires
   * earlier is taken, too. More than ten in a minute end the lease.
   */
  renew(token: string, proof?: string): Promise<Principal<Claims>>;
  /** Ends it: the connection is closed. Nothing happens when it has ended already. */
  end(): void;
}
