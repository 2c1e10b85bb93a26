import type { HandlerResponse, HttpHandler } from '@authly/core';

type Headers = HandlerResponse['headers'];

/** RFC 6749 §5.1: caches must not keep answers to requests with credentials. */
const NOT_STORED: Headers = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** A JSON answer that no cache keeps. */
export function privateJson(status: number, body: object, headers: Headers = {}): HandlerResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', ...NOT_STORED, ...headers },
    body: JSON.stringify(body),
  };
}

/** The answer to a method that an endpoint does not have (RFC 9110 §15.5.6). */
export function methodNotAllowed(allow: string): HandlerResponse {
  return privateJson(
    405,
    { error: 'invalid_request', error_description: 'The request method is not allowed here' },
    { allow },
  );
}

/** A document that never changes and is for everybody. */
export interface PublicDocument {
  readonly contentType: string;
  readonly body: object;
  /** How long caches may keep it, in seconds. */
  readonly maxAgeSec: number;
}

const DOCUMENT_METHODS = 'GET, HEAD, OPTIONS';

/**
 * Serves a public document to GET and HEAD, from any origin, since the document is
 * public. OPTIONS answers a preflight (Fetch §3.2.2), which browsers send when a client sets headers of its own.
 */
export function publicDocument({ contentType, body, maxAgeSec }: PublicDocument): HttpHandler {
  const json = JSON.stringify(body);
  const anyOrigin = { 'access-control-allow-origin': '*' };
  const found: Headers = Object.freeze({
    ...anyOrigin,
    'content-type': contentType,
    'cache-control': `public, max-age=${maxAgeSec}`,
  });
  const preflight: Headers = Object.freeze({
    ...anyOrigin,
    'access-control-allow-methods': DOCUMENT_METHODS,
    'access-control-allow-headers': '*',
    'access-control-max-age': '86400',
  });
  return ({ method }) => {
    if (method === 'GET') return { status: 200, headers: found, body: json };
    if (method === 'HEAD') return { status: 200, headers: found, body: undefined };
    if (method === 'OPTIONS') return { status: 204, headers: preflight, body: undefined };
    return methodNotAllowed(DOCUMENT_METHODS);
  };
}
