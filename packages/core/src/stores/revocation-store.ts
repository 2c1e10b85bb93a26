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

/** The key of a mark in a store. The id is a digest of 43 characters, from which no id and no token can be read. */
export interface RevocationMarkKey {
  readonly kind: RevocationKind;
  readonly id: string;
}

/** A mark of a revocation. The tokens that it applies to are refused. */
export interface RevocationMark extends RevocationMarkKey {
  /**
   * Tokens that were issued in this second or before are refused. Whole seconds since the epoch. `undefined` for a mark
   * on a single token, which is refused whenever it was issued.
   */
  readonly issuedBefore: number | undefined;
  /** Until when the mark is kept: then every token that it applies to has expired. Whole seconds since the epoch. */
  readonly keptUntil: number;
}

/** A question to a store: the data of a verified token. */
export interface RevocationQuery {
  /** The configured issuer. If the `iss` of the token differs from it, `iss` is the second element. */
  readonly issuers: readonly string[];
  /** The token's id (`jti`). It is unique only within its issuer. */
  readonly tokenId: string | undefined;
  /** A digest of the token itself, for tokens without `jti`. It is computed when it is read. */
  readonly tokenDigest: string;
  /** The session (`sid`). */
  readonly sessionId: string | undefined;
  /** `sub` of the token itself. The preset may take the caller's id from another claim. */
  readonly subject: string | undefined;
  /** `principal.key`. */
  readonly principalKey: string;
  /** The client that calls, or that the user uses. */
  readonly clientId: string | undefined;
  /** Seconds since the epoch (`iat`). */
  readonly issuedAt: number | undefined;
  /** Seconds since the epoch (`exp`). */
  readonly expiresAt: number;
}

/** The options of a question to a store. */
export interface RevocationAskOptions {
  /** Is aborted when nobody waits for the answer any longer. The request then counts the store as down. */
  readonly signal: AbortSignal;
}

/**
 * Says which tokens were revoked. A table of revoked tokens in your own database can be such a store:
 * `{ retainSec: Infinity, isRevoked: async ({ tokenId }) => … }`.
 *
 * `revocationStoreContract` of `@authly/testing/contracts` is a test for every implementation that makes marks.
 */
export interface RevocationStore {
  /**
   * How long a mark is kept, in seconds; `Infinity` if marks are never removed. A token that lives longer is refused
   * (`lifetime_too_long`), because it would be accepted again after its mark is removed.
   */
  readonly retainSec: number;
  /**
   * By how much the clocks of the machines may differ, in seconds. A mark that is made now also stops tokens that were
   * issued this much later. A resource server with a larger `clockToleranceSec` does not start.
   */
  readonly toleranceSec?: number;
  /**
   * Whether a token was revoked: `true` or `false`, or a promise of it. It is called on every request, also for cached
   * tokens. When it throws, rejects or gives anything else, that counts as an outage.
   */
  isRevoked(token: RevocationQuery, options: RevocationAskOptions): boolean | Promise<boolean>;
  /**
   * Calls `listener` for each mark that any process makes, so that open connections can be closed at once. Returns a
   * function that ends the subscription. If a store does not have this method, the tokens of open connections are only
   * checked each `leases.recheckSec`.
   */
  subscribe?(listener: (mark: RevocationMark) => void): () => void;
}
