import { admissionOf } from './admission.ts';
import { presentedTokenOf } from './create-admission.ts';
import { notAdmitted } from './not-admitted.ts';

/** The access token of a request, and when it expires. */
export interface PresentedToken {
  /** Never log it, and never send it to another service as it is: it is meant only for this API. */
  readonly token: string;
  /** When it expires (`exp`), in seconds since the epoch. `undefined` when that is not known. */
  readonly expiresAt: number | undefined;
}

/**
 * Gives the access token with which `authenticate` let a request in, to exchange it on behalf of the caller (RFC 8693).
 * `request` is the request of Express, the context of Koa, or the carrier of another adapter. `undefined` for an anonymous
 * request, and for a caller that was let in without a token (in a test, by `withPrincipal`).
 *
 * Throws a plain `Error` when `authenticate` has not run on the request.
 */
export function presentedToken(request: object): PresentedToken | undefined {
  const admission = admissionOf(request);
  if (admission === undefined) throw notAdmitted('onBehalfOf', request);
  const token = presentedTokenOf(admission);
  return token === undefined ? undefined : { token, expiresAt: admission.principal?.expiresAt };
}
