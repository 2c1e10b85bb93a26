import type { RevocationMark, RevocationMarkKey, RevocationStore } from './revocation-store.ts';
import type { RevocationTarget, TokenTarget } from './revocation-target.ts';

/** How far a mark reaches. */
export interface RevokeOptions {
  /**
   * Tokens that were issued in this second or before are refused, in seconds since the epoch. Default: now,
   * and the store's `toleranceSec` beyond. More than a minute ahead counts as a minute ahead.
   */
  readonly issuedBefore?: number | undefined;
  /**
   * For whom the mark is made, where that is not the application itself: the issuer that sent a signal. A store of
   * bounded size keeps any one holder from crowding out the others; it is not part of the mark. Default: the
   * application, which may fill the store.
   */
  readonly holder?: string | undefined;
}

/**
 * A store with the means to revoke. Each mark is in effect once its promise is fulfilled; if that is
 * rejected, the mark may not be there. A mark that is made again only ever moves forward.
 */
export interface Revocations extends RevocationStore {
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
  /** Refuses the tokens with this `sub`: what security events and logout tokens name. */
  revokeSubject(
    target: { readonly issuer: string; readonly subject: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Refuses the tokens of a caller, by `principal.key`: "log out everywhere". */
  revokePrincipal(principalKey: string, options?: RevokeOptions): Promise<RevocationMark>;
  /** Refuses the tokens of a client: its own, and those of users who call through it. */
  revokeClient(
    target: { readonly issuer: string; readonly clientId: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Refuses every token of an issuer. */
  revokeIssuer(
    target: { readonly issuer: string },
    options?: RevokeOptions,
  ): Promise<RevocationMark>;
  /** Removes a mark, given as itself or by what it applies to, and says whether there was one. For operators. */
  clear(mark: RevocationMarkKey | RevocationTarget): Promise<boolean>;
  /** Every mark that is kept. For operators: it may be long. */
  list(): Promise<readonly RevocationMark[]>;
}
