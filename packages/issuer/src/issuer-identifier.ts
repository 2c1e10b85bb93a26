import { ConfigurationError } from '@authly/core';

/** Where one endpoint is: `url` for clients, `path` for the server that hosts it. */
export interface EndpointLocation {
  readonly url: string;
  /** Path from the origin's root, as it stands in `url`. */
  readonly path: string;
}

/** An issuer identifier, and the URLs and paths that follow from it. */
export interface IssuerLocations {
  /** The identifier exactly as configured: `iss` of every token. */
  readonly issuer: string;
  readonly authorization: EndpointLocation;
  readonly token: EndpointLocation;
  readonly jwks: EndpointLocation;
  /** Paths from the origin's root at which the metadata is served. */
  readonly metadataPaths: readonly string[];
}

/**
 * Checks an issuer identifier (RFC 8414 §2) and derives the URLs of its endpoints.
 *
 * Checks: an absolute https URL (http on loopback only) without query, fragment and user, written
 * as every URL parser writes it, since it is compared character by character. Does not check that
 * anything answers there.
 *
 * @throws ConfigurationError with what to write instead.
 */
export function locateIssuer(issuer: string): IssuerLocations {
  const url = parseIssuer(issuer);
  // RFC 8414 §3.1: a terminating "/" goes before the well-known part is inserted.
  const base = issuer.endsWith('/') ? issuer.slice(0, -1) : issuer;
  const basePath = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : url.pathname;
  const at = (path: string): EndpointLocation => ({ url: base + path, path: basePath + path });
  return Object.freeze({
    issuer,
    authorization: at('/authorize'),
    token: at('/token'),
    jwks: at('/jwks'),
    metadataPaths: Object.freeze([
      `/.well-known/oauth-authorization-server${basePath}`,
      // RFC 8414 §3 and §5: many OAuth clients look only here, where OpenID Connect Discovery puts
      // it.
      `${basePath}/.well-known/openid-configuration`,
    ]),
  });
}

function parseIssuer(issuer: string): URL {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) {
    throw new ConfigurationError(
      "`issuer` must be an absolute URL, such as issuer: 'https://auth.example.com'",
    );
  }
  const url = new URL(issuer);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  if (!secure) {
    throw new ConfigurationError(
      `\`issuer\` must use https (http on loopback only): issuer: 'https://${url.host}'`,
    );
  }
  if (url.username !== '' || url.password !== '' || /[?#]/.test(issuer)) {
    throw new ConfigurationError('`issuer` must have no user, query or fragment (RFC 8414 §2)');
  }
  if (url.pathname.includes('//')) {
    throw new ConfigurationError(
      '`issuer` must have no empty path segment: remove the double slash',
    );
  }
  if (url.href !== issuer && url.href !== `${issuer}/`) {
    throw new ConfigurationError(`\`issuer\` is compared exactly; write it as '${url.href}'`);
  }
  return url;
}

function isLoopback(url: URL): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}
