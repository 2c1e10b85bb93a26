import type { RequestView } from '../http/request-view.ts';
import type { Lease } from '../lease/lease.ts';
import { AuthError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import { adapterSideOf } from './adapter-side-of.ts';

/** Who was let in, and until when. */
export interface AdmittedConnection {
  readonly principal: Principal;
  readonly lease: Lease;
}

/** What a connection was opened with. */
export interface ConnectionOpening {
  readonly view: RequestView;
  readonly requirement: Requirement | undefined;
}

/**
 * Begins the lease of a connection whose token was verified. Throws an `AuthError` for a caller that does
 * not meet the requirement, and for a token that has expired meanwhile: a connection has no tolerance.
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
    // Kept for proofs alone: a request holds much that a connection does not need.
    ...(principal.confirmation && { request: view }),
  });
  if (lease.ended !== undefined) throw new AuthError('expired');
  // The claims are those of the server's schema, which is what `Register` declares.
  return { principal, lease: lease as Lease };
}
