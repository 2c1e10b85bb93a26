/**
 * Where the metadata of an issuer may be when it is not known which kind it has: OpenID's document (Discovery
 * 1.0 §4), the one of RFC 8414 §3, whose path stands between host and the issuer's path, and each with
 * its path where the other has it (RFC 8414 §5; servers behind one router). Without a path these are two.
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

/** The address of OpenID's metadata document: the path appended to the issuer. */
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
