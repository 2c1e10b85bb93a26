import type { RequestView } from '../http/request-view.ts';
import type { Lease } from '../lease/lease.ts';
import { AuthError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';

/** The caller of an admitted connection, with its lease. */
export interface AdmittedConnection {
  /** Who is calling when the connection is opened. After a renewal, read `lease.principal`. */
  readonly principal: Principal;
  /** Says how long the connection may stay open. */
  readonly lease: Lease;
}

/** How a connection was opened: its request, and what its caller must meet. */
export interface ConnectionOpening {
  readonly view: RequestView;
  readonly requirement: Requirement | undefined;
}

/**
 * Begins the lease of a connection whose token was verified. Throws an `AuthError` for a caller that does not meet the
 * requirement, and for a token whose `exp` has passed: a request has a clock tolerance, but a connection has none.
 */
export function admitConnection(
  resourceServer: ResourceServer<unknown>,
  principal: Principal | undefined,
  { view, requirement }: ConnectionOpening,
): AdmittedConnection {
  const error = requirement && resourceServer.evaluate(principal, requirement);
  if (error !== undefined) {
    adapterSideOf(resourceServer).report(error);
    throw error;
  }
  if (principal === undefined) throw new AuthError('credentials_missing');
  const lease = resourceServer.lease(principal, {
    ...(requirement && { requirements: [requirement] }),
    // The request is needed only for the proofs of renewals. Without a binding it is not kept, to save memory.
    ...(principal.confirmation && { request: view }),
  });
  if (lease.ended !== undefined) throw new AuthError('expired');
  // The cast only changes the type of the claims. They have the type of the server's schema, which `Register` declares.
  return { principal, lease: lease as Lease };
}
