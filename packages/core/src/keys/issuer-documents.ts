/**
 * Where the metadata of an issuer may be when it is not known which kind it has: OpenID's document first
 * (Discovery 1.0 §4, the path appended to the issuer), then that of RFC 8414 §3, whose path stands
 * between host and the issuer's path.
 */
export function issuerDocuments(issuer: string): readonly [string, string] {
  return Object.freeze([openIdDocument(issuer), oauthDocument(issuer)]);
}

/** The address of OpenID's metadata document. */
export function openIdDocument(issuer: string): string {
  return `${withoutSlash(issuer)}/.well-known/openid-configuration`;
}

function oauthDocument(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${withoutSlash(pathname)}`;
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}
