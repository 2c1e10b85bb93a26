import type { TokenClaims } from '../../model/principal.ts';
import type { TokenHeader } from '../../model/token-header.ts';
import type { Classification } from '../provider.ts';
import { stringOf } from './claim-readers.ts';
import { asClient, asUnknown, asUser } from './classification.ts';
import { hasClientMark, hasUserMark, isOfAnotherProvider } from './kind-marks.ts';

/** RFC 9068 §2.2, beside `iss` and `exp`. */
export const JWT_PROFILE_CLAIMS: readonly string[] = Object.freeze([
  'aud',
  'sub',
  'client_id',
  'iat',
  'jti',
]);

const NO_IDS = asUnknown('sub or client_id is missing');
const CONTRADICTION = asUnknown('sub is client_id, but the token carries claims of a user');
const VETO = asUnknown(
  'sub is not client_id, but the token carries marks of a client, of token exchange or JWT bearer, or of another provider',
);

/**
 * The reading of RFC 9068 §2.2 that an operator must assert, because the RFC only recommends it:
 * the authorization server puts the client id into `sub` when no resource owner is involved, and no
 * user can get a `sub` that is a client's id (§5, and RFC 9700 §4.15).
 *
 * A token is a client's when `sub` is `client_id` and nothing in it speaks of a user; a user's when
 * they differ and nothing in it speaks of a client; else unknown.
 *
 * It cannot see token exchange (RFC 8693) and the JWT bearer grant (RFC 7523) where the token does not name the
 * grant. With these, `sub` comes from the first token or the assertion, and `client_id` is that of another
 * client. So a machine's token that another client has exchanged is read as a user's.
 */
export function classifyByJwtProfile(claims: TokenClaims, header: TokenHeader): Classification {
  const subject = stringOf(claims, 'sub');
  const clientId = stringOf(claims, 'client_id');
  if (subject === undefined || clientId === undefined) return NO_IDS;
  if (subject === clientId) {
    return hasUserMark(claims, header)
      ? CONTRADICTION
      : asClient(clientId, 'sub is client_id, and no claim of a user is there');
  }
  if (hasClientMark(claims, header) || isOfAnotherProvider(claims)) return VETO;
  return asUser(subject, clientId, 'sub is not client_id, and no mark of a client is there');
}
