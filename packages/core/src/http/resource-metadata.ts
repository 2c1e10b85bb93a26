import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { HandlerRequest, HandlerResponse, HttpHandler } from './handler.ts';
import {
  type BindingMetadata,
  metadataDocument,
  type ResourceMetadataOptions,
} from './resource-metadata-document.ts';

/** Protected-resource metadata, ready to be served. */
export interface PublishedMetadata {
  /** Where clients look for it: the `resource_metadata` of challenges. */
  readonly url: string;
  /** Its path from the root of the host. */
  readonly path: string;
  /**
   * Answers GET, HEAD and OPTIONS at exactly `path`. For a resource with a query the request must have the same
   * query, so that several resources can have one path. For any other resource the query does not matter.
   */
  readonly handler: HttpHandler;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const DEFAULT_MAX_AGE_SEC = 300;

const CORS = {
  // The document is public, and browsers' clients must read it before they have any token.
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, OPTIONS',
  // Fixed, not echoed: the wildcard allows every header but Authorization, which must be named.
  'access-control-allow-headers': '*, authorization, content-type, mcp-protocol-version',
  'access-control-max-age': '86400',
} as const;

/**
 * Makes the metadata document of a protected resource (RFC 9728 §3) and the handler that serves it
 * at the path-aware well-known URL. The origin is configuration: `Host` plays no part.
 *
 * @throws ConfigurationError without a resource identifier, without an authorization server, or for
 *   an option that is unknown or malformed.
 */
export function resourceMetadata(
  resource: string | undefined,
  issuers: readonly string[],
  options: ResourceMetadataOptions = {},
  binding?: BindingMetadata,
): PublishedMetadata {
  const identifier = requireResource(resource);
  const body = metadataDocument(identifier, issuers, options, binding);
  const url = metadataUrl(identifier);
  const { pathname: path, search } = new URL(url);
  const headers = {
    ...CORS,
    'content-type': 'application/json',
    'cache-control': `public, max-age=${maxAge(options.maxAgeSec)}`,
  };
  const found: HandlerResponse = Object.freeze({ status: 200, headers, body });
  const preflight: HandlerResponse = Object.freeze({ status: 204, headers: CORS, body: undefined });
  const notAllowed: HandlerResponse = Object.freeze({
    status: 405,
    headers: { ...CORS, allow: 'GET, HEAD, OPTIONS' },
    body: undefined,
  });
  return Object.freeze({
    url,
    path,
    handler: (request: HandlerRequest) => {
      if (request.path !== path) return undefined;
      if (search !== '' && search !== `?${request.query}`) return undefined;
      if (request.method === 'GET' || request.method === 'HEAD') return found;
      return request.method === 'OPTIONS' ? preflight : notAllowed;
    },
  });
}

// RFC 9728 §1.2. Only characters of RFC 3986: the identifier is compared as it is written, and a URL parser
// would silently change others.
function requireResource(resource: string | undefined): string {
  const written = resource !== undefined && /^[\w\-.~:/?@!$&'()*+,;=%[\]]+$/.test(resource);
  if (written && isEndpointUrl(resource)) return resource;
  const problem =
    resource === undefined
      ? "needs the API's own URL"
      : `needs an https URL (http on loopback only), percent-encoded and without credentials, not '${resource}'`;
  throw new ConfigurationError(
    `Metadata ${problem}. Write: createResourceServer({ …, resource: 'https://api.acme.com' })`,
  );
}

// RFC 9728 §3.1: the well-known part goes between host and path. A path of one slash is left out.
function metadataUrl(resource: string): string {
  const { origin, pathname, search } = new URL(resource);
  return `${origin}${WELL_KNOWN}${pathname === '/' ? '' : pathname}${search}`;
}

function maxAge(seconds: number = DEFAULT_MAX_AGE_SEC): number {
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw new ConfigurationError(
    'protectedResourceMetadata(): maxAgeSec must be a whole number of seconds. Write: { maxAgeSec: 300 }',
  );
}
