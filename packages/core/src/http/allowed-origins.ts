import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { namesUnsetVariable } from '../lib/unset-variable.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { RequestView } from './request-view.ts';

/** In a list of origins: requests that a browser sends from pages of this API's own origin. */
const SAME_ORIGIN = 'same-origin';

/** RFC 9110 §9.2.1. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Makes the check of a request's origin. It is for credentials that a browser adds by itself, even when a page
 * of another site sends the request. `true` for a request with a safe method (RFC 9110 §9.2.1) that is no
 * upgrade. Any other must name a listed origin in `Origin` (RFC 6454 §7), or come with `Sec-Fetch-Site:
 * same-origin` where `'same-origin'` is listed. A request that has neither header is refused.
 *
 * It does not check what a handler does for a safe method: a GET that changes something can be called from any
 * page.
 *
 * @throws ConfigurationError for anything but a list of origins.
 */
export function originCheck(owner: string, origins: unknown): (request: RequestView) => boolean {
  const listed = new Set(checkOrigins(owner, origins));
  const allowsSameOrigin = listed.delete(SAME_ORIGIN);
  return (request) => {
    // An upgrade is a GET, and opens a socket that may do anything (RFC 6455 §10.2).
    if (isSafe(request) && request.header('upgrade') === undefined) return true;
    const origin = request.header('origin');
    if (typeof origin === 'string' && listed.has(origin)) return true;
    return allowsSameOrigin && request.header('sec-fetch-site') === SAME_ORIGIN;
  };
}

/**
 * Whether both methods are safe: the one that was sent, and the one that middleware put in its place (a GET may
 * be routed as a DELETE).
 */
function isSafe({ method, routedMethod = method }: RequestView): boolean {
  return SAFE_METHODS.has(method) && SAFE_METHODS.has(routedMethod);
}

function checkOrigins(owner: string, origins: unknown): readonly string[] {
  if (!Array.isArray(origins) || origins.length === 0) {
    throw new ConfigurationError(
      `${owner}: origins must be a list of the origins whose pages may send requests that change something. ` +
        "Write: origins: ['https://app.acme.com'], or origins: ['same-origin'] for pages of this API's own origin",
    );
  }
  return origins.map((origin) => checkOrigin(owner, origin));
}

function checkOrigin(owner: string, origin: unknown): string {
  if (origin === SAME_ORIGIN) return origin;
  const example = exampleFor(origin);
  // Compared exactly, as browsers write it: in lower case, without path and without the default port.
  if (typeof origin === 'string' && example === origin && !namesUnsetVariable(origin)) {
    return origin;
  }
  throw new ConfigurationError(
    `${owner}: origins holds ${typeof origin === 'string' ? `'${origin}'` : `a value of type ${typeof origin}`}, which is not the origin of a page ` +
      `(https, or http on loopback; host and port, and no path). Write: origins: ['${example}']`,
  );
}

/** The origin that was probably meant, for the message. There are no wildcards: each origin is written in full. */
function exampleFor(origin: unknown): string {
  return typeof origin === 'string' && isEndpointUrl(origin) && !origin.includes('*')
    ? new URL(origin).origin
    : 'https://app.acme.com';
}
