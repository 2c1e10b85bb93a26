import type { RequestView } from '../http/request-view.ts';

/** The URL at which clients reach an API: an origin, and the path prefix that a proxy removes, if any. */
export interface PublicUrl {
  /** Such as `https://api.acme.com`: in lower case, without a default port. */
  readonly origin: string;
  /** Empty, or such as `/v1`: normalized, without a slash at the end. */
  readonly prefix: string;
}

/** The characters of a URI (RFC 3986 §2). Every `%` is followed by two hexadecimal digits. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
/** Scheme, authority and path of a URL without user name and password. */
const HTTP_URI = /^(https?|wss?):\/\/([^/?#@]+)(\/[^?#]*)?(?:[?#].*)?$/i;

/**
 * Whether the `htu` of a proof is the URL of the request (RFC 9449 §4.3, item 9). The origin comes from the
 * configuration (`publicUrls`); neither `Host` nor a forwarded header is read.
 *
 * Query and fragment are ignored. The rest is compared after normalization (RFC 3986 §6.2.2, §6.2.3): scheme, host
 * and percent-encodings in one case, unreserved characters decoded, default ports and empty paths made equal, and
 * dot segments of `htu` removed.
 *
 * A request whose own path has dot segments never matches. Routers do not remove them, so one proof would be
 * accepted for two different routes. A URL with characters that RFC 3986 does not allow never matches either.
 */
export function namesTarget(
  htu: string,
  request: RequestView,
  publicUrls: readonly PublicUrl[],
): boolean {
  const target = requestTarget(request.url);
  if (target === undefined) return false;
  const claimed = normalizedUri(htu, isWebSocketUpgrade(request));
  if (claimed === undefined) return false;
  return publicUrls.some(
    ({ origin, prefix }) =>
      (target.origin === undefined || target.origin === origin) &&
      claimed === origin + prefix + target.path,
  );
}

/** Parses a configured URL. `undefined` if it is not an http or https URL, or has a query or a fragment. */
export function parsePublicUrl(url: string): PublicUrl | undefined {
  if (/[?#]/.test(url) || !URI_CHARACTERS.test(url)) return undefined;
  const parts = partsOf(url, false);
  if (parts === undefined) return undefined;
  const path = normalizedPath(parts.path);
  return Object.freeze({ origin: parts.origin, prefix: path.replace(/\/+$/, '') });
}

interface RequestTarget {
  /** Set when the request line has a full URL (absolute form, RFC 9112 §3.2.2), `undefined` when it has a path. */
  readonly origin: string | undefined;
  readonly path: string;
}

function requestTarget(url: string): RequestTarget | undefined {
  // A client must not send a `#` here, but Node does not refuse it.
  if (url.includes('#')) return undefined;
  const end = url.indexOf('?');
  const target = end < 0 ? url : url.slice(0, end);
  if (!URI_CHARACTERS.test(target)) return undefined;
  if (target.startsWith('/')) return withoutDots(undefined, target);
  const parts = HTTP_URI.exec(target);
  const origin = parts === null ? undefined : partsOf(target, false)?.origin;
  return origin === undefined ? undefined : withoutDots(origin, parts?.[3] || '/');
}

function withoutDots(origin: string | undefined, rawPath: string): RequestTarget | undefined {
  const path = normalizedPath(rawPath);
  return path.split('/').some((segment) => segment === '.' || segment === '..')
    ? undefined
    : { origin, path };
}

function normalizedUri(uri: string, isUpgrade: boolean): string | undefined {
  if (!URI_CHARACTERS.test(uri)) return undefined;
  const parts = partsOf(uri, isUpgrade);
  return parts && parts.origin + normalizedPath(parts.path);
}

function partsOf(
  uri: string,
  isUpgrade: boolean,
): { readonly origin: string; readonly path: string } | undefined {
  const [, scheme = '', authority = ''] = HTTP_URI.exec(uri) ?? [];
  const isWebSocket = scheme.toLowerCase().startsWith('ws');
  if (scheme === '' || (isWebSocket && !isUpgrade)) return undefined;
  const web = isWebSocket ? `http${uri.slice('ws'.length)}` : uri;
  if (!URL.canParse(web)) return undefined;
  const { hostname, origin, pathname } = new URL(web);
  // The URL parser reads `0x7f.1` as 127.0.0.1 and decodes percent-encoded hosts. Such spellings are refused.
  const host = authority.replace(/:\d*$/, '').toLowerCase();
  return hostname === host ? { origin, path: pathname } : undefined;
}

/** Normalizes percent-encodings (RFC 3986 §6.2.2.1, §6.2.2.2). Reserved characters stay encoded: `%2F` is not `/`. */
function normalizedPath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase();
  });
}

/** Whether the request opens a WebSocket. Its client may write `wss:` for the HTTPS request (RFC 6455 §4.1). */
function isWebSocketUpgrade(request: RequestView): boolean {
  const upgrade = request.header('upgrade');
  return typeof upgrade === 'string' && upgrade.toLowerCase() === 'websocket';
}
