import type { RequestView } from '../http/request-view.ts';
import type { Principal, RegisteredClaims } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { LeaseEnd } from './lease-end.ts';

/** The options of a lease. */
export interface LeaseOptions {
  /** Requirements that the principal of each renewal must meet. They are not checked now. Default: none. */
  readonly requirements?: readonly Requirement[] | undefined;
  /**
   * The request that opened the connection. It is needed to renew a token that is bound to its sender: the proof must
   * be for the URL and method of this request. It is kept in memory for as long as the lease.
   */
  readonly request?: RequestView | undefined;
}

/** When {@link Lease.onRenewalDue} calls. */
export interface RenewalDueOptions {
  /** How many seconds before the token expires. 1 to 86,400. Default 60. */
  readonly bySec?: number | undefined;
}

/**
 * The permission of an open connection (a WebSocket, an event stream) to stay open. It ends once, when one of these
 * happens:
 * - the token expires: at its `exp`, without clock tolerance;
 * - the token is revoked, or the authorization server calls an introspected token inactive;
 * - the key of its signature is withdrawn, its issuer is no longer configured, or the issuer no longer accepts it;
 * - the token cannot be checked for longer than `outageGraceSec`;
 * - `end()` or `resourceServer.close()` is called, or it is renewed too often.
 *
 * It does not check single messages: whether the caller may do what a message asks for is up to the application. It
 * does not close the connection: `closeWithLease` or `onEnd` does.
 */
export interface Lease<Claims = RegisteredClaims> {
  /** Who is calling: the principal of the latest renewal. */
  readonly principal: Principal<Claims>;
  /** Why the lease has ended; `undefined` while it has not. Read it before you send anything that is confidential. */
  readonly ended: LeaseEnd | undefined;
  /** When the token expires, in seconds since the epoch. */
  readonly expiresAt: number;
  /**
   * A signal that is aborted when the lease ends, with a `LeaseEndedError` as its reason. It is created when it is
   * first read, and takes about 1 KB. With very many connections, `onEnd` is cheaper.
   */
  readonly signal: AbortSignal;
  /** Calls `listener` when the lease ends, or at once if it has ended. Errors of a listener are ignored. */
  onEnd(listener: (end: LeaseEnd) => void): void;
  /**
   * Calls `listener` once, `bySec` seconds before the token expires, and again after each renewal. If that time has
   * already passed, it is called within about a second. There is one listener: a second call replaces it.
   *
   * @throws ConfigurationError for wrong options.
   */
  onRenewalDue(listener: () => void, options?: RenewalDueOptions): void;
  /**
   * Continues the lease with a new token of the same caller. The token is fully verified, and it must have the same
   * `principal.key`, client, actor, issuer, audience and binding. Its principal must meet the requirements of the
   * lease. The new token may expire earlier than the old one.
   *
   * `proof` is a DPoP proof for the request that opened the connection: the same URL and method, with a new `jti` (RFC
   * 9449 §4.2).
   *
   * Rejects with `RefusedError` when the token is not accepted; the lease then continues with its old token. More than
   * ten renewals in a minute end the lease.
   */
  renew(token: string, proof?: string): Promise<Principal<Claims>>;
  /** Ends the lease, because the connection is closed. Does nothing if it has already ended. */
  end(): void;
}
