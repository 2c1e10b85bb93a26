import { ConfigurationError } from '../../model/errors.ts';
import type { TokenClaims } from '../../model/principal.ts';
import type { Classification } from '../provider.ts';
import { claimOf, stringOf } from './claim-readers.ts';
import { asClient, asUnknown, asUser } from './classification.ts';

/** The verdict where the claim of the kind has neither of its two values. */
export const NO_KIND: Classification = asUnknown(
  'the claim of the kind is neither user nor client',
);

const CONTRADICTION = asUnknown('the claim of the kind says client, but sub is not client_id');

/**
 * Checks an option that names the claim, `user` or `client`, which the server's own code writes for each
 * grant. Throws `ConfigurationError` for what is no name, and where another rule was chosen, too.
 */
export function checkKindClaim(
  preset: string,
  kindClaim: unknown,
  others: { readonly subjectNamespaces?: unknown; readonly classify?: unknown },
): void {
  if (typeof kindClaim !== 'string' || kindClaim === '') {
    throw new ConfigurationError(
      `${preset}: kindClaim must be the name of a claim; write kindClaim: 'sub_type'`,
    );
  }
  if (others.classify !== undefined || others.subjectNamespaces !== undefined) {
    throw new ConfigurationError(
      `${preset}: kindClaim, subjectNamespaces and classify exclude each other; write one of them`,
    );
  }
}

/**
 * The kind as the claim says it: `client`, and `sub` equal to `client_id` → client; `user` → user, even where
 * the user's id is the same as the client's; else unknown.
 */
export function classifyByKindClaim(claims: TokenClaims, kindClaim: string): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = stringOf(claims, 'client_id');
  const kind = claimOf(claims, kindClaim);
  if (kind === 'user') return asUser(subject, clientId, 'the claim of the kind says user');
  if (kind !== 'client') return NO_KIND;
  return subject === clientId
    ? asClient(clientId, 'the claim of the kind says client')
    : CONTRADICTION;
}
