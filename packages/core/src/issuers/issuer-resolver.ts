import type { IssuerEntry } from './issuer-entry.ts';

/**
 * Finds the issuer for an unverified `iss`, for tenants in a database. `undefined` or `null` refuses the token
 * (401); an exception is an outage (503). The token is not verified yet: `iss` may be any text that anybody
 * wrote.
 *
 * It is never called for a token without `iss`. Such tokens (JWT-SVIDs of SPIFFE, say) need a list of issuers, or a
 * resource server of their own.
 */
export type IssuerResolver = (
  iss: string,
  context: { readonly signal: AbortSignal },
) => IssuerEntry | null | undefined | PromiseLike<IssuerEntry | null | undefined>;

/** Limits for the issuers that a resolver finds: how many are kept, how long, and how long a look-up may take. */
export interface IssuerCacheOptions {
  /** Issuers kept, with their key sets. Default 1,000; at least 1. */
  readonly maxIssuers?: number;
  /** How long a found issuer is used before the resolver is asked again, in seconds. Default 600. */
  readonly foundForSec?: number;
  /** How long `undefined` is remembered, in seconds. Default 30. */
  readonly unknownForSec?: number;
  /** How long the resolver may take, in milliseconds; then 503. Default 5,000. */
  readonly timeoutMs?: number;
}
