import type { CredentialSource } from '../http/credential-source.ts';
import type { RequestView } from '../http/request-view.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { AuthError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';

/**
 * The property of a resource server that has its {@link AdapterSide}. A registered symbol, so that an adapter also finds
 * it on a resource server that another copy of this package made.
 */
export const ADAPTER_SIDE: unique symbol = Symbol.for('@authly/core:adapter-side');

/** The caller of an admitted request. */
export interface Admitted {
  /** `undefined` for an anonymous request, if authentication is optional. */
  readonly principal: Principal | undefined;
  /** The presented token, to exchange it on behalf of the caller (RFC 8693). It must never be printed. */
  readonly token: string | undefined;
}

/**
 * What an adapter uses of a resource server, besides its public methods. A result that is available at once is not a
 * promise, so a request with a cached token continues in the same turn of the event loop.
 */
export interface AdapterSide {
  /**
   * Verifies a request. Throws (or rejects with) a `RefusedError`. With `optional`, a request without credentials is let
   * in as anonymous. `credentials` says where the token is; by default it is in the `Authorization` header.
   */
  admit(
    request: RequestView,
    optional: boolean,
    credentials?: CredentialSource,
  ): MaybePromise<Admitted>;
  /** Emits `request.refused` for the refusal of a guard. */
  report(error: AuthError): void;
}

/** The result for an anonymous request. */
export const ANONYMOUS: Admitted = Object.freeze({ principal: undefined, token: undefined });
