import type { IssuerEntry } from './issuer-entry.ts';

/**
 * Finds the issuer for an unverified `iss`, for tenants in a database. `undefined` or `null` refuses it
 * (401); a throw is an outage (503). It is asked for what a stranger wrote: treat `iss` as such.
 *
 * It is never asked for a token without `iss`: JWT-SVIDs of SPIFFE, for one, which `spiffe` reads without
 * it, need a list of issuers, or a resource server of their own.
 */
export type IssuerResolver = (
  iss: string,
  context: { readonly signal: AbortSignal },
) => IssuerEntry | null | undefined | PromiseLike<IssuerEntry | null | undefined>;

/** Bounds of a dynamic resolver's memory and patience. */
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
