import { IssuanceError } from './issuance-error.ts';

/** Separates provider and external id in a user's subject. No client id contains it. */
const SEPARATOR = '|';

/** RFC 6749 §A.1 without the separator: printable ASCII. */
const CLIENT_ID = /^[\x20-\x7b\x7d\x7e]{1,255}$/;

/**
 * The subject of a user: `<provider>|<external id>`, both percent-encoded, such as
 * `google|110169484474386276334`.
 *
 * It is stable and readable, and its form excludes collisions. Two identities have the same subject only if
 * both parts are equal, character by character. A client id has no `|`, so a user is never taken for a client,
 * nor a client for a user (RFC 9068 §5). Nothing is normalized: give the provider and its id always in the same
 * spelling.
 *
 * @throws IssuanceError `identity_invalid` when a part is empty or not well-formed Unicode.
 */
export function userSubject(provider: string, externalId: string): string {
  return `${encodePart(provider)}${SEPARATOR}${encodePart(externalId)}`;
}

/**
 * Whether a string may be a client's id: 1 to 255 printable ASCII characters (RFC 6749 §A.1), and
 * no `|`, which keeps client ids apart from users' subjects.
 */
export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && CLIENT_ID.test(value);
}

function encodePart(part: unknown): string {
  if (typeof part !== 'string' || part === '') throw new IssuanceError('identity_invalid');
  try {
    return encodeURIComponent(part);
  } catch {
    // A lone surrogate: no provider has such an id.
    throw new IssuanceError('identity_invalid');
  }
}
