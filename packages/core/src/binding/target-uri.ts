import type { RequestView } from '../http/request-view.ts';

/** How clients reach an API: an origin, and a path prefix that a proxy takes away, if any. */
export interface PublicUrl {
  /** `https://api.acme.com`: lower-cased, without a default port. */
  readonly origin: string;
  /** `''` or `/v1`: normalized, without a slash at its end. */
  readonly prefix: string;
}

/** RFC 3986 §2: what a URI may hold, every `%` with two hexadecimal digits. */
const URI_CHARACTERS = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
/** Scheme, authority and the rest; the authority has no userinfo. */
const HTTP_URI = /^(https?|wss?):\/\/([^/?#@]+)(\/[^?#]*)?(?:[?#].*)?$/i;

/**
 * Whether a proof's `htu` names a request (RFC 9449 §4.3, item 9). What clients see is configuration:
 * neither `Host` nor any forwarded header is read. Query and fragment are ignored; the rest is compared
 * after the normalization of RFC 3986 §6.2.2 and §6.2.3: case of scheme, host and percent-encodings,
 * unreserved characters decoded, default ports, an empty path, dot segments of the claim.
 *
 * A request whose own path has dot segments has no name: routers would not remove them, so that one
 * proof would open two routes. Nothing that RFC 3986 does not allow is mended.
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

/** The parts of a configured URL, or `undefined` for what cannot be one: it has no query and no fragment. */
export function parsePublicUrl(url: string): PublicUrl | undefined {
  if (/[?#]/.test(url) || !URI_CHARACTERS.test(url)) return undefined;
  const parts = partsOf(url, false);
  if (parts === undefined) return undefined;
  const path = normalizedPath(parts.path);
  return Object.freeze({ origin: parts.origin, prefix: path.replace(/\/+$/, '') });
}

interface RequestTarget {
  /** Of a target in absolute form (RFC 9112 §3.2.2); `undefined` in origin form. */
  readonly origin: string | undefined;
  readonly path: string;
}

function requestTarget(url: string): RequestTarget | undefined {
  // Node hands a raw `#` on, which no client may send.
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
  // The parser would read `0x7f.1` as 127.0.0.1, and decode what is percent-encoded.
  const host = authority.replace(/:\d*$/, '').toLowerCase();
  return hostname === host ? { origin, path: pathname } : undefined;
}

/** RFC 3986 §6.2.2.1, §6.2.2.2. Nothing that is reserved is decoded: `%2F` is no `/`. */
function normalizedPath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : encoded.toUpperCase();
  });
}

/** Clients of WebSockets write `wss:` for what is an HTTPS request (RFC 6455 §4.1). */
function isWebSocketUpgrade(request: RequestView): boolean {
  const upgrade = request.header('upgrade');
  return typeof upgrade === 'string' && upgrade.toLowerCase() === 'websocket';
}
