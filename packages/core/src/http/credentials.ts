import type { AuthErrorReason } from '../model/reasons.ts';
import type { RequestView } from './request-view.ts';

/** The credentials of a request: a bearer token, or why there is none. Nothing is verified. */
export type Credentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'none'; readonly reason: AuthErrorReason };

/** What a request without an `Authorization` header brings. */
export const ABSENT: Credentials = Object.freeze({ kind: 'none', reason: 'credentials_missing' });
const OTHER_SCHEME: Credentials = Object.freeze({ kind: 'none', reason: 'scheme_unsupported' });
const MALFORMED: Credentials = Object.freeze({ kind: 'none', reason: 'authorization_malformed' });
const REPEATED: Credentials = Object.freeze({ kind: 'none', reason: 'authorization_repeated' });

const SPACE = 0x20;
const BEARER = 'bearer';

/**
 * Reads the credentials of a request (RFC 9110 §11.6.2, RFC 6750 §2.1): from the `Authorization`
 * header and nowhere else, neither query nor body.
 *
 * The token's own characters are left to {@link isBearerToken}, which costs more than a good token
 * deserves.
 */
export function credentialsOf(request: RequestView): Credentials {
  const header = request.header('authorization');
  if (header === undefined) return ABSENT;
  if (typeof header === 'string') return parseAuthorization(header);
  const [only] = header;
  return header.length === 1 && only !== undefined ? parseAuthorization(only) : REPEATED;
}

/** Whether text is the `b64token` of RFC 6750 §2.1. */
export function isBearerToken(text: string): boolean {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(text);
}

function parseAuthorization(value: string): Credentials {
  if (value.slice(0, BEARER.length).toLowerCase() === BEARER) {
    let start = BEARER.length;
    while (value.charCodeAt(start) === SPACE) start++;
    if (start === value.length) return MALFORMED;
    if (start > BEARER.length) return bearer(value.slice(start));
  }
  return otherScheme(value);
}

function bearer(token: string): Credentials {
  // RFC 9110 §5.3 would allow a proxy to join two headers by a comma: that is still two credentials.
  if (token.includes(',')) return REPEATED;
  return token.includes(' ') ? MALFORMED : { kind: 'bearer', token };
}

function otherScheme(value: string): Credentials {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?: |$)/.test(value)) return MALFORMED;
  return /, *bearer(?: |$)/i.test(value) ? REPEATED : OTHER_SCHEME;
}
