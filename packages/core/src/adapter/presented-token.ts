import { admissionOf } from './admission.ts';
import { presentedTokenOf } from './create-admission.ts';

/** The access token of a request, and when it ends. */
export interface PresentedToken {
  /** Never to be logged, nor sent on as it is: it is meant for this API alone. */
  readonly token: string;
  /** Seconds since the epoch (`exp`); `undefined` when it is not known. */
  readonly expiresAt: number | undefined;
}

/**
 * The access token that `authenticate` let a request in with, to exchange it on the caller's behalf
 * (RFC 8693): of Express's request, Koa's context, or another adapter's carrier. `undefined` for an
 * anonymous request, and for a caller that was let in without a token (by a test, with `withPrincipal`).
 *
 * Throws a programming error when `authenticate` has not run on the request.
 */
export function presentedToken(request: object): PresentedToken | undefined {
  const admission = admissionOf(request);
  if (admission === undefined) {
    throw new Error(
      'authenticate has not run on this request. Write: app.use(authenticate({ … })) before the route',
    );
  }
  const token = presentedTokenOf(admission);
  return token === undefined ? undefined : { token, expiresAt: admission.principal?.expiresAt };
}
