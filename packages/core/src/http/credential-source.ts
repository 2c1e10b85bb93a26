import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { isToken68 } from '../lib/token68.ts';
import { ConfigurationError } from '../model/errors.ts';
import { hasBrand } from '../model/has-brand.ts';
import type { Scheme } from '../model/scheme.ts';
import { originCheck } from './allowed-origins.ts';
import {
  ABSENT,
  type Credentials,
  credentialsOf,
  REPEATED,
  refusedCredentials,
} from './credentials.ts';
import type { RequestView } from './request-view.ts';
import { BEARER_ALONE } from './schemes.ts';

const READ: unique symbol = Symbol.for('@authly/core:read-credentials');

/** Where a request carries its token, when that is not the `Authorization` header alone. */
export interface CredentialSource {
  /** For people: `cookie __Host-at`. */
  readonly description: string;
  // By a registered symbol, so that another copy of this package reads it, too.
  readonly [READ]: (request: RequestView, accepted: readonly Scheme[]) => Credentials;
}

/** Options of {@link fromCookie}. */
export interface FromCookieOptions {
  /**
   * Origins whose pages may send requests that change something: `https://app.acme.com`. The word
   * `same-origin` stands for pages of this API's own origin.
   */
  readonly origins: readonly [string, ...string[]];
  /**
   * `'none'` for a cookie whose name does not start with `__Host-`. Every host of the same site can then
   * replace your cookie by its own; on plain http anybody on the network can, too.
   */
  readonly prefix?: '__Host-' | 'none' | undefined;
}

/** Options of {@link fromHeader}. */
export interface FromHeaderOptions {
  /**
   * Origins whose pages may send requests that change something, as for a cookie. Write it where the front door
   * recognizes its users by a cookie. Without it no origin is checked.
   */
  readonly origins?: readonly [string, ...string[]] | undefined;
}

const COOKIE_OPTIONS: OptionNames<FromCookieOptions> = { origins: true, prefix: true };
const HEADER_OPTIONS: OptionNames<FromHeaderOptions> = { origins: true };

/** RFC 9110 §5.6.2: names of headers, and of cookies (RFC 6265 §4.1.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HOST_PREFIX = '__Host-';

const ORIGIN_NOT_ALLOWED = refusedCredentials('origin_not_allowed');
const MALFORMED = refusedCredentials('token_malformed');

/**
 * Reads access tokens from a cookie, too: `authenticate(server, { credentials: fromCookie('__Host-at', {
 * origins: ['https://app.acme.com'] }) })`. The `Authorization` header still works; a request with both, or
 * with two cookies of that name, is refused (400).
 *
 * Browsers send cookies with requests of other sites' pages as well. So a request with an unsafe method,
 * and one that asks for an upgrade (a WebSocket), must come from a listed origin, by `Origin` or
 * `Sec-Fetch-Site`; else it is refused (403 `origin_not_allowed`). Requests with a safe method are not
 * checked: they must change nothing, and your CORS layer decides which pages read the answers.
 *
 * The token counts as a bearer token: one that is bound to its sender is refused. Not checked: whether the
 * cookie was set with `Secure`, `HttpOnly` and `SameSite`, which no request says; set all three.
 *
 * @throws ConfigurationError for a name that does not start with `__Host-` (RFC 6265bis §4.1.3.2) where
 * `prefix: 'none'` is not written, for no list of origins, and for an unknown option.
 */
export function fromCookie(name: string, options: FromCookieOptions): CredentialSource {
  const { origins, prefix = HOST_PREFIX } = checkOptions(
    'fromCookie()',
    options,
    COOKIE_OPTIONS,
    "fromCookie('__Host-at', { origins: ['https://app.acme.com'] })",
  );
  checkCookieName(name, prefix);
  const isFromHere = originCheck('fromCookie()', origins);
  const start = `${name}=`;
  return sourceOf(`cookie ${name}`, (request, accepted) => {
    const header = credentialsOf(request, accepted);
    const [value, second] = cookiesOf(request, start);
    if (value === undefined) return header;
    if (second !== undefined || header !== ABSENT) return REPEATED;
    return isFromHere(request) ? bearer(value) : ORIGIN_NOT_ALLOWED;
  });
}

/**
 * Reads access tokens from another header, which a front door writes: `authenticate(server, {
 * credentials: fromHeader('x-forwarded-access-token') })`. It is read instead of `Authorization`, because front
 * doors put other things into that. The value is a token, with or without `Bearer` before it; more than one
 * such header is refused (400).
 *
 * The token is verified like any other, so a client that writes the header itself gains nothing: it needs a
 * good token. Not checked: whether the request came through the front door, and, without `origins`, which page
 * sent it.
 *
 * @throws ConfigurationError for what is no name of a header, for `authorization` and `cookie`, for bad
 * origins, and for an unknown option.
 */
export function fromHeader(name: string, options: FromHeaderOptions = {}): CredentialSource {
  const { origins } = checkOptions('fromHeader()', options, HEADER_OPTIONS);
  const lower = checkHeaderName(name);
  const isFromHere = origins === undefined ? undefined : originCheck('fromHeader()', origins);
  return sourceOf(`header ${lower}`, (request) => {
    const header = request.header(lower);
    if (header === undefined) return ABSENT;
    const [value, second] = typeof header === 'string' ? [header] : header;
    if (value === undefined || second !== undefined || value.includes(',')) return REPEATED;
    if (isFromHere?.(request) === false) return ORIGIN_NOT_ALLOWED;
    return bearer(value.replace(/^bearer +/i, ''));
  });
}

/** The credentials of a request, from where a source says they are. Nothing is verified. */
export function readCredentials(
  source: CredentialSource,
  request: RequestView,
  accepted: readonly Scheme[] = BEARER_ALONE,
): Credentials {
  return source[READ](request, accepted);
}

/** Whether a value was made by `fromCookie`, `fromHeader` or `fromSubprotocol`, also of another copy of this package. */
export function isCredentialSource(value: unknown): value is CredentialSource {
  return hasBrand(value, READ);
}

/** Makes a source. `description` is for people. */
export function sourceOf(
  description: string,
  read: (request: RequestView, accepted: readonly Scheme[]) => Credentials,
): CredentialSource {
  return Object.freeze({ description, [READ]: read });
}

/** A token as credentials, if it has the form of one (RFC 6750 §2.1). */
export function bearer(token: string): Credentials {
  return isToken68(token) ? { scheme: 'bearer', token } : MALFORMED;
}

/**
 * The first two values of a cookie. With HTTP/2 each may be in a header of its own. `start` is the cookie's
 * name and `=`.
 */
function cookiesOf(request: RequestView, start: string): readonly string[] {
  const header = request.header('cookie');
  if (header === undefined) return [];
  const found: string[] = [];
  for (const line of typeof header === 'string' ? [header] : header) {
    for (const pair of line.split(';')) {
      const trimmed = withoutBlanks(pair);
      if (trimmed.startsWith(start)) found.push(trimmed.slice(start.length));
    }
  }
  return found;
}

/**
 * Removes spaces and tabs only: `trim` removes other white space too, and could turn another cookie's name into
 * this one. Not a regular expression, since that takes quadratic time on a long run of blanks within a value.
 */
export function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function checkCookieName(name: unknown, prefix: unknown): void {
  if (prefix !== HOST_PREFIX && prefix !== 'none') {
    throw new ConfigurationError(
      "fromCookie(): prefix must be '__Host-' or 'none'. Write: prefix: 'none' for a name without __Host-",
    );
  }
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw new ConfigurationError(
      "fromCookie() needs the name of a cookie. Write: fromCookie('__Host-at', { origins: ['https://app.acme.com'] })",
    );
  }
  if (prefix === 'none' || (name.startsWith(HOST_PREFIX) && name !== HOST_PREFIX)) return;
  throw new ConfigurationError(
    `fromCookie(): a cookie whose name does not start with __Host- can be set by every host of the same site. ` +
      `Write: fromCookie('${HOST_PREFIX}${name}', { … }), or { …, prefix: 'none' } to accept that`,
  );
}

function checkHeaderName(name: unknown): string {
  if (typeof name === 'string' && TOKEN.test(name)) {
    const lower = name.toLowerCase();
    if (lower !== 'authorization' && lower !== 'cookie') return lower;
  }
  throw new ConfigurationError(
    "fromHeader() needs the name of a header that a front door writes. Write: fromHeader('x-forwarded-access-token'). " +
      'The header Authorization is read without fromHeader(), and a cookie with fromCookie()',
  );
}
