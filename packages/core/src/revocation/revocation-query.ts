import type { Principal } from '../model/principal.ts';
import type { VerifiedToken } from '../request/verified-token.ts';
import type { RevocationQuery } from '../stores/revocation-store.ts';
import { tokenDigest } from '../stores/revocation-target.ts';

/** Makes the question about a token that the store is asked. */
export type FindQuery = (verified: VerifiedToken, token: string) => RevocationQuery;

/**
 * Makes a function that keeps the question about each token for as long as its principal exists. The same object is
 * used each time, so a store can compute its digests once.
 */
export function createQueries(): FindQuery {
  const queries = new WeakMap<Principal, RevocationQuery>();
  return (verified, token) => {
    const known = queries.get(verified.principal);
    if (known !== undefined) return known;
    const made = new TokenQuery(verified, token);
    queries.set(verified.principal, made);
    return made;
  };
}

/** Makes a new question each time, and keeps none. */
export const queryOnce: FindQuery = (verified, token) => new TokenQuery(verified, token);

/** The question about one token. Its digest is computed only when a store reads it; most stores do not. */
class TokenQuery implements RevocationQuery {
  readonly issuers: readonly string[];
  readonly tokenId: string | undefined;
  readonly sessionId: string | undefined;
  readonly subject: string | undefined;
  readonly principalKey: string;
  readonly clientId: string | undefined;
  readonly issuedAt: number | undefined;
  readonly expiresAt: number;
  readonly #token: string;
  #digest: string | undefined;

  constructor({ principal, issuer, subject, signedIds }: VerifiedToken, token: string) {
    const configured = issuer.provider.issuer;
    this.issuers = Object.freeze(
      principal.issuer === configured ? [configured] : [configured, principal.issuer],
    );
    this.tokenId = principal.tokenId ?? signedIds?.tokenId;
    this.sessionId = principal.sessionId ?? signedIds?.sessionId;
    this.subject = subject;
    this.principalKey = principal.key;
    this.clientId = principal.clientId;
    this.issuedAt = principal.issuedAt;
    this.expiresAt = principal.expiresAt;
    this.#token = token;
    Object.freeze(this);
  }

  get tokenDigest(): string {
    this.#digest ??= tokenDigest(this.#token);
    return this.#digest;
  }
}
