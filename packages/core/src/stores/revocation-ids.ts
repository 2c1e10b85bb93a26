import type { RevocationKind, RevocationMark, RevocationQuery } from './revocation-store.ts';
import { digestKey, revocationId } from './revocation-target.ts';

/** The ids of all marks that would stop one token. */
export interface RevocationIds {
  /** The ids of one kind. Empty if the token has no such claim: without `sid`, no mark on a session can stop it. */
  of(kind: RevocationKind): readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);
const known = new WeakMap<RevocationQuery, RevocationIds>();

/**
 * Gives the ids of all marks that would stop a token, so that a store can look for them. The ids of a kind are computed
 * when they are first read, and kept for as long as `query` exists. A resource server uses the same query object
 * whenever the same token comes again.
 */
export function revocationIdsOf(query: RevocationQuery): RevocationIds {
  const kept = known.get(query);
  if (kept !== undefined) return kept;
  const made = freshRevocationIds(query);
  known.set(query, made);
  return made;
}

/**
 * Whether a mark stops a token that it belongs to (by one of its ids): that depends on when the token was issued,
 * compared in whole seconds. A mark on a single token stops it in any case, and a token without `iat` is always stopped.
 */
export function markStops(
  { kind, issuedBefore }: Pick<RevocationMark, 'kind' | 'issuedBefore'>,
  { issuedAt }: Pick<RevocationQuery, 'issuedAt'>,
): boolean {
  if (kind === 'token' || issuedBefore === undefined) return true;
  // `iat` mostly has whole seconds, but RFC 7519 §2 allows fractions.
  return issuedAt === undefined || !(Math.floor(issuedAt) > issuedBefore);
}

/** Like {@link revocationIdsOf}, but remembers nothing after its result is gone. For a query that is used once. */
export function freshRevocationIds(query: RevocationQuery): RevocationIds {
  let token: readonly string[] | undefined;
  let session: readonly string[] | undefined;
  let subject: readonly string[] | undefined;
  let principal: readonly string[] | undefined;
  let client: readonly string[] | undefined;
  let issuer: readonly string[] | undefined;

  // Ids such as `jti`, `sid` and `sub` are unique only within one issuer (RFC 7519 §4.1.7), so the issuer is part of the
  // digest.
  function ofIssuers(kind: RevocationKind, text: string | undefined): readonly string[] {
    if (text === undefined) return NONE;
    return query.issuers.map((iss) => revocationId(kind, [iss, text]));
  }

  return {
    // A switch, because this runs on every request: reading members by a variable name takes as long as all the rest.
    of(kind) {
      switch (kind) {
        case 'token':
          token ??= [...ofIssuers(kind, query.tokenId), digestKey(query.tokenDigest)];
          return token;
        case 'session':
          session ??= ofIssuers(kind, query.sessionId);
          return session;
        case 'subject':
          subject ??= ofIssuers(kind, query.subject);
          return subject;
        case 'principal':
          principal ??= [revocationId(kind, [query.principalKey])];
          return principal;
        case 'client':
          client ??= ofIssuers(kind, query.clientId);
          return client;
        case 'issuer':
          issuer ??= query.issuers.map((iss) => revocationId(kind, [iss]));
          return issuer;
      }
    },
  };
}
