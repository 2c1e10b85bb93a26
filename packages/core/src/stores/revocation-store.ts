/** What a mark can apply to. */
export const REVOCATION_KINDS = [
  'token',
  'session',
  'subject',
  'principal',
  'client',
  'issuer',
] as const;

/** What a mark applies to: one token, or all tokens of a session, user, client or issuer. */
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/** Where a store keeps a mark. The id is a digest of 43 characters: it shows nobody's id and no token. */
export interface RevocationMarkKey {
  readonly kind: RevocationKind;
  readonly id: string;
}

/** A mark: the tokens that it is on are refused. */
export interface RevocationMark extends RevocationMarkKey {
  /**
   * Tokens that were issued in this second or before are refused: whole seconds since the epoch.
   * `undefined` for the mark on one token, which is refused whenever it was issued.
   */
  readonly issuedBefore: number | undefined;
  /** When every token that the mark can be on has expired: whole seconds since the epoch. */
  readonly keptUntil: number;
}

/** What a store is asked about: a verified token, as data. */
export interface RevocationQuery {
  /** The configured issuer, and the token's own `iss` where that is another form of it. */
  readonly issuers: readonly string[];
  /** `jti`: unique only within its issuer. */
  readonly tokenId: string | undefined;
  /** Digest of the token itself, for tokens without `jti`; computed when it is read. */
  readonly tokenDigest: string;
  /** `sid`. */
  readonly sessionId: string | undefined;
  /** `sub` of the token itself. The preset may take the caller's id from another claim. */
  readonly subject: string | undefined;
  /** `principal.key`. */
  readonly principalKey: string;
  /** The client that calls, or that the user calls through. */
  readonly clientId: string | undefined;
  /** Seconds since the epoch (`iat`). */
  readonly issuedAt: number | undefined;
  /** Seconds since the epoch (`exp`). */
  readonly expiresAt: number;
}

/** What a store is asked with. */
export interface RevocationAskOptions {
  /** Ends the wait: no answer before counts as an outage. */
  readonly signal: AbortSignal;
}

/**
 * Says which tokens were revoked: all that a resource server needs. Its own table of revoked tokens is a
 * store, too: `{ retainSec: Infinity, isRevoked: async ({ tokenId }) => … }`.
 *
 * `isRevoked` gives `true` or `false`, at once or as a promise. Whatever it throws, rejects with, or
 * gives instead is an outage. It is asked on every request, also when the token comes from a cache.
 *
 * `revocationStoreContract` of `@authly/testing/contracts` is the test that every implementation which
 * makes marks passes.
 */
export interface RevocationStore {
  /**
   * For how long a mark is kept, in seconds. A token that lives longer is refused (`lifetime_too_long`):
   * it would be accepted again after its mark is removed. `Infinity` if marks are never removed.
   */
  readonly retainSec: number;
  /**
   * By how much the clocks of the machines may differ, in seconds: what marks that are made now are put
   * forward by. A resource server whose `clockToleranceSec` is larger does not start.
   */
  readonly toleranceSec?: number;
  isRevoked(token: RevocationQuery, options: RevocationAskOptions): boolean | Promise<boolean>;
  /**
   * Calls a listener for each mark that any process makes, for connections that live longer than a request. Returns a
   * function that ends this. Without it, an open connection must be checked again from time to time.
   */
  subscribe?(listener: (mark: RevocationMark) => void): () => void;
}
