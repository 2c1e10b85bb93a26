import { TokenSourceError } from './token-source-error.ts';

/** A request to an API, before the token is added. It can be sent again if `isRepeatable` is `true`. */
export interface OutgoingRequest {
  readonly url: string;
  readonly init: RequestInit;
  /** Without `authorization` and `dpop`. */
  readonly headers: Headers;
  /** Whether the body can be sent again. A stream can be read only once. */
  readonly isRepeatable: boolean;
  /** What the caller wants to happen with redirects. */
  readonly redirect: NonNullable<RequestInit['redirect']>;
}

/**
 * Reads what a caller gave to `fetch` into one shape. The body of a `Request` is read into memory, because a
 * `Request` can be sent only once. Throws `own_authorization` if the caller has set `authorization` or
 * `dpop`.
 */
export function outgoingRequest(
  input: string | URL | Request,
  init: RequestInit | undefined,
): OutgoingRequest | Promise<OutgoingRequest> {
  if (typeof input === 'string') return fromInit(input, init);
  if (input instanceof URL) return fromInit(input.href, init);
  return fromRequest(input, init);
}

function fromInit(url: string, init: RequestInit = {}): OutgoingRequest {
  const headers = checkedHeaders(init.headers);
  const isRepeatable = !isStream(init.body);
  return { url, init, headers, isRepeatable, redirect: init.redirect ?? 'follow' };
}

async function fromRequest(
  request: Request,
  init: RequestInit | undefined,
): Promise<OutgoingRequest> {
  const hasOwnBody = request.body !== null && init?.body === undefined;
  const parts: RequestInit = {
    method: request.method,
    redirect: request.redirect,
    signal: request.signal,
    headers: request.headers,
    integrity: request.integrity,
    keepalive: request.keepalive,
    ...init,
    ...(hasOwnBody && { body: await request.arrayBuffer() }),
  };
  return fromInit(request.url, parts);
}

function checkedHeaders(given: RequestInit['headers']): Headers {
  const headers = new Headers(given);
  if (headers.has('authorization') || headers.has('dpop')) {
    throw new TokenSourceError('own_authorization');
  }
  return headers;
}

// Node's streams and other iterables can be read only once, too. So every object counts as a stream unless it
// is of a class that `fetch` can send again.
function isStream(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return false;
  return !(
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof SharedArrayBuffer
  );
}

/** The request that follows a redirect, by the rules of `fetch`. `undefined` if the redirect is not followed. */
export function redirected(
  request: OutgoingRequest,
  response: Response,
): OutgoingRequest | undefined {
  const { status } = response;
  const location = response.headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined;
  if (!URL.canParse(location, request.url)) return undefined;
  const url = new URL(location, request.url);
  const from = new URL(request.url);
  // The token is only for this origin, and must not be sent to another.
  if (url.origin !== from.origin || url.username !== '' || url.password !== '') return undefined;
  const method = request.init.method?.toUpperCase() ?? 'GET';
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  if (!becomesGet) return request.isRepeatable ? { ...request, url: url.href } : undefined;
  const headers = new Headers(request.headers);
  for (const name of BODY_HEADERS) headers.delete(name);
  const { body: _body, ...init } = request.init;
  return {
    ...request,
    url: url.href,
    headers,
    isRepeatable: true,
    init: { ...init, method: 'GET' },
  };
}

const BODY_HEADERS = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
];
