/**
 * Gives the URLs to try for the metadata of an issuer, in order. OpenID Connect appends its path to the issuer
 * (Discovery 1.0 §4). RFC 8414 §3 puts its path between the host and the issuer's path. Some servers mix the two (RFC
 * 8414 §5), so both documents are tried in both places. For an issuer without a path this gives only two URLs.
 */
export function issuerDocuments(issuer: string): readonly string[] {
  const documents = [
    openIdDocument(issuer),
    inserted(issuer, OAUTH),
    inserted(issuer, OPENID),
    `${withoutSlash(issuer)}${OAUTH}`,
  ];
  return Object.freeze([...new Set(documents)]);
}

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';

/** The URL of the OpenID Connect metadata: its path is appended to the issuer. */
export function openIdDocument(issuer: string): string {
  return `${withoutSlash(issuer)}${OPENID}`;
}

function inserted(issuer: string, wellKnown: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}${wellKnown}${withoutSlash(pathname)}`;
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}
