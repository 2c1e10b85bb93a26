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
  const made = createIds(query);
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

function createIds(query: RevocationQuery): RevocationIds {
  const computed: Partial<Record<RevocationKind, readonly string[]>> = {};

  // Whatever names something within an issuer is unique for that issuer alone (RFC 7519 §4.1.7).
  function ofIssuers(kind: RevocationKind, text: string | undefined): readonly string[] {
    if (text === undefined) return NONE;
    return query.issuers.map((issuer) => revocationId(kind, [issuer, text]));
  }

  const compute: Readonly<Record<RevocationKind, () => readonly string[]>> = {
    token: () => [...ofIssuers('token', query.tokenId), digestKey(query.tokenDigest)],
    session: () => ofIssuers('session', query.sessionId),
    subject: () => ofIssuers('subject', query.subject),
    principal: () => [revocationId('principal', [query.principalKey])],
    client: () => ofIssuers('client', query.clientId),
    issuer: () => query.issuers.map((issuer) => revocationId('issuer', [issuer])),
  };

  return {
    of(kind) {
      computed[kind] ??= compute[kind]();
      return computed[kind];
    },
  };
}
