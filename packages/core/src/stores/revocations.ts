import type { RevocationMark, RevocationMarkKey, RevocationStore } from './revocation-store.ts';
import type { RevocationTarget, TokenTarget } from './revocation-target.ts';

/** The options of a revocation. */
export interface RevokeOptions {
  /**
   * Tokens that were issued in this second or before are refused. Seconds since the epoch. Default: now, plus the
   * store's `toleranceSec`. A time that is more than a minute in the future counts as a minute in the future.
   */
  readonly issuedBefore?: number | undefined;
  /**
   * For whom the mark is made, if not for the application itself: for example the issuer that sent a signal. A store with
   * a limited size limits the number of marks per holder. It is not part of the mark. Default: the application, which may
   * fill the store.
   */
  readonly holder?: string | undefined;
}

/**
 * A store with functions to revoke tokens. A revocation is in effect once its promise is fulfilled. If the promise is
 * rejected, the mark may or may not be stored. If the same thing is revoked again, the later times of both marks count.
 * Each function rejects with a `TypeError` for a target with a missing or empty member.
 */
export interface Revocations extends RevocationStore {
  /** By how much the clocks of the machines may differ, in seconds. */
  readonly toleranceSec: number;
  /** Refuses one token: by its `jti`, or by the token itself. */
  revokeToken(
    target: TokenTarget,
    options?: Pick<RevokeOptions, 'holder'>,
  ): Promise<RevocationMark>;
  /** Refuses the tokens of a session (`sid`). */
  revokeSession(
    target: { readonly issuer: string; readonly sessionId: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Refuses the tokens with this `sub`. Security events and logout tokens name a subject like this. */
  revokeSubject(
    target: { readonly issuer: string; readonly subject: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /**
   * Refuses the tokens of one caller, by its `principal.key`: for "log out everywhere". Rejects with a `TypeError` for
   * text that is no such key, such as a `userId`: the mark would apply to nobody.
   */
  revokePrincipal(principalKey: string, options?: RevokeOptions): Promise<RevocationMark>;
  /** Refuses the tokens of a client: its own, and the tokens of users who use it. */
  revokeClient(
    target: { readonly issuer: string; readonly clientId: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Refuses every token of an issuer. */
  revokeIssuer(
    target: { readonly issuer: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Removes a mark, and says whether there was one. Give the mark, or what it applies to. For operators. */
  clear(mark: RevocationMarkKey | RevocationTarget): Promise<boolean>;
  /** Gives every mark that is kept. For operators: the list may be long. */
  list(): Promise<readonly RevocationMark[]>;
}
