import type { AuthErrorReason } from '../model/reasons.ts';
import type { Scheme } from '../model/scheme.ts';
import type { RequestView } from './request-view.ts';
import { BEARER_ALONE, SCHEME_NAMES } from './schemes.ts';

/** The credentials of a request: a scheme and a token, or why there are none. Nothing is verified. */
export type Credentials =
  | { readonly scheme: Scheme; readonly token: string }
  | { readonly scheme: undefined; readonly reason: AuthErrorReason };

/** What a request without an `Authorization` header brings. */
export const ABSENT: Credentials = refusedCredentials('credentials_missing');
const OTHER_SCHEME = refusedCredentials('scheme_unsupported');
const MALFORMED = refusedCredentials('authorization_malformed');
/** What a request with more than one credential brings. */
export const REPEATED: Credentials = refusedCredentials('authorization_repeated');

const SPACE = 0x20;

/**
 * Reads the credentials of a request (RFC 9110 §11.6.2, RFC 6750 §2.1, RFC 9449 §7.1): from the
 * `Authorization` header and nowhere else, neither query nor body. Schemes that are not in `accepted`
 * give `scheme_unsupported`.
 *
 * It checks the form of the header, not the characters of the token: `isToken68` does, and runs
 * only after a failure, to choose the right error.
 */
export function credentialsOf(
  request: RequestView,
  accepted: readonly Scheme[] = BEARER_ALONE,
): Credentials {
  const header = request.header('authorization');
  if (header === undefined) return ABSENT;
  if (typeof header === 'string') return parseAuthorization(header, accepted);
  const [only] = header;
  return header.length === 1 && only !== undefined ? parseAuthorization(only, accepted) : REPEATED;
}

function parseAuthorization(value: string, accepted: readonly Scheme[]): Credentials {
  for (let index = 0; index < accepted.length; index++) {
    const scheme = accepted[index];
    if (scheme === undefined || !startsWith(value, scheme)) continue;
    let start = scheme.length;
    while (value.charCodeAt(start) === SPACE) start++;
    if (start === value.length) return MALFORMED;
    if (start > scheme.length) return credentials(scheme, value.slice(start));
  }
  return otherScheme(value, accepted);
}

function startsWith(value: string, scheme: Scheme): boolean {
  // The usual spelling is compared first, because `toLowerCase` costs a little on each request.
  return (
    value.startsWith(SCHEME_NAMES[scheme]) || value.slice(0, scheme.length).toLowerCase() === scheme
  );
}

function credentials(scheme: Scheme, token: string): Credentials {
  // RFC 9110 §5.3 would allow a proxy to join two headers by a comma: that is still two credentials.
  if (token.includes(',')) return REPEATED;
  return token.includes(' ') ? MALFORMED : { scheme, token };
}

function otherScheme(value: string, accepted: readonly Scheme[]): Credentials {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: |$)/.test(value)) return MALFORMED;
  // Other schemes have commas between their parameters. A scheme of ours after a comma is a second credential.
  const [, ...later] = value.split(',');
  return later.some((part) => startsWithOneOf(accepted, part.trimStart()))
    ? REPEATED
    : OTHER_SCHEME;
}

function startsWithOneOf(accepted: readonly Scheme[], text: string): boolean {
  const [word = ''] = text.split(' ', 1);
  return accepted.some((scheme) => scheme === word.toLowerCase());
}

/** The credentials of a request that is refused before its token is read. */
export function refusedCredentials(reason: AuthErrorReason): Credentials {
  return Object.freeze({ scheme: undefined, reason });
}
