import type { TokenClaims } from '../../model/principal.ts';
import { claimOf, has, stringOf } from './claim-readers.ts';

/** What servers call an access token in `token_use` or a `typ` of the answer. */
const ACCESS_TOKEN_NAMES: ReadonlySet<unknown> = new Set([
  'access_token',
  'access',
  'bearer',
  'dpop',
]);

/** Claims of an ID token (OpenID Connect Core §3.1.3.6, §3.3.2.11), and of a refresh token by their names. */
const OTHER_TOKENS_CLAIMS = ['at_hash', 'c_hash', 'nonce', 'events'] as const;

/**
 * Whether an answer has the marks of an access token: `token_type`, which RFC 7662 §2.2 defines for access
 * tokens alone (RFC 6749 §5.1), and nothing that says otherwise. It does not fit every server: some answer with
 * `token_type` for refresh tokens too.
 */
export function isAboutAccessToken(answer: TokenClaims): boolean {
  if (stringOf(answer, 'token_type') === undefined) return false;
  if (OTHER_TOKENS_CLAIMS.some((name) => has(answer, name))) return false;
  return ['token_use', 'typ'].every(
    (name) => !has(answer, name) || ACCESS_TOKEN_NAMES.has(lower(claimOf(answer, name))),
  );
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
