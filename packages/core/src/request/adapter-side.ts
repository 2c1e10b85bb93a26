import type { CredentialSource } from '../http/credential-source.ts';
import type { RequestView } from '../http/request-view.ts';
import type { MaybePromise } from '../lib/maybe-promise.ts';
import type { AuthError } from '../model/errors.ts';
import type { Principal } from '../model/principal.ts';

/**
 * Where a resource server carries its {@link AdapterSide}: a registered symbol, so that an adapter finds
 * it on a server that another copy of this package made.
 */
export const ADAPTER_SIDE: unique symbol = Symbol.for('@authly/core:adapter-side');

/** Who was let in. */
export interface Admitted {
  /** `undefined` for an anonymous request, where authentication is optional. */
  readonly principal: Principal | undefined;
  /** The token that was presented, for exchange on the caller's behalf. Never to be printed. */
  readonly token: string | undefined;
}

/**
 * What an adapter uses of a resource server beside its public methods. Results that are
 * available at once are not promises, so that a request with a cached token continues in the same turn.
 */
export interface AdapterSide {
  /**
   * Throws `RefusedError`, or rejects with it. `optional` lets requests without credentials pass.
   * `credentials` says where the token is; without it, in the `Authorization` header.
   */
  admit(
    request: RequestView,
    optional: boolean,
    credentials?: CredentialSource,
  ): MaybePromise<Admitted>;
  /** Emits `request.refused` for the refusal of a guard. */
  report(error: AuthError): void;
}

/** What an anonymous request is let in with. */
export const ANONYMOUS: Admitted = Object.freeze({ principal: undefined, token: undefined });
