import type { RevocationKind, RevocationMark, RevocationQuery } from './revocation-store.ts';
import { digestKey, revocationId } from './revocation-target.ts';

/** The ids under which marks on one token may be kept. */
export interface RevocationIds {
  /** Those of one kind; none where the token has nothing that could be marked so. */
  of(kind: RevocationKind): readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);
const known = new WeakMap<RevocationQuery, RevocationIds>();

/**
 * The ids of the marks that may be on a token. Each is computed when it is first asked for, and kept as
 * long as the query is: a resource server asks with the same one whenever the token comes again.
 */
export function revocationIdsOf(query: RevocationQuery): RevocationIds {
  const kept = known.get(query);
  if (kept !== undefined) return kept;
  const made = freshRevocationIds(query);
  known.set(query, made);
  return made;
}

/** Whether a mark of one of the ids of a token stops the token: by when it was issued, to the second. */
export function markStops(
  { kind, issuedBefore }: Pick<RevocationMark, 'kind' | 'issuedBefore'>,
  { issuedAt }: Pick<RevocationQuery, 'issuedAt'>,
): boolean {
  if (kind === 'token' || issuedBefore === undefined) return true;
  // `iat` has whole seconds (RFC 7519 §2 allows others). Without it nothing can be compared.
  return issuedAt === undefined || !(Math.floor(issuedAt) > issuedBefore);
}

/** The same for a query that is asked about once: nothing is remembered beside what is given. */
export function freshRevocationIds(query: RevocationQuery): RevocationIds {
  let token: readonly string[] | undefined;
  let session: readonly string[] | undefined;
  let subject: readonly string[] | undefined;
  let principal: readonly string[] | undefined;
  let client: readonly string[] | undefined;
  let issuer: readonly string[] | undefined;

  // Whatever names something within an issuer is unique for that issuer alone (RFC 7519 §4.1.7).
  function ofIssuers(kind: RevocationKind, text: string | undefined): readonly string[] {
    if (text === undefined) return NONE;
    return query.issuers.map((iss) => revocationId(kind, [iss, text]));
  }

  return {
    // Written out: on every request, members that are named by a variable cost as much as the marks.
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
