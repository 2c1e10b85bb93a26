import { decodeBase64Url, parseUnfrozen } from '../lib/json.ts';
import { sha256Base64Url } from '../lib/sha256.ts';
import {
  REVOCATION_KINDS,
  type RevocationKind,
  type RevocationMarkKey,
} from './revocation-store.ts';

/** One token: by its `jti`, or the token itself if it has no `jti` or you do not know it. */
export type TokenTarget =
  | { readonly issuer: string; readonly tokenId: string; readonly token?: never }
  | { readonly token: string; readonly issuer?: never; readonly tokenId?: never };

/** What can be revoked. `issuer` is the configured issuer or the token's `iss`. */
export type RevocationTarget =
  | (TokenTarget & { readonly kind: 'token' })
  | { readonly kind: 'session'; readonly issuer: string; readonly sessionId: string }
  | { readonly kind: 'subject'; readonly issuer: string; readonly subject: string }
  | { readonly kind: 'principal'; readonly principalKey: string }
  | { readonly kind: 'client'; readonly issuer: string; readonly clientId: string }
  | { readonly kind: 'issuer'; readonly issuer: string };

/**
 * Gives the key under which the mark on a target is kept.
 *
 * @throws TypeError when a member is missing, empty or not a string, or when `principalKey` is not a `principal.key`, because the
 * mark would then apply to nothing.
 */
export function revocationKeyOf(target: RevocationTarget): RevocationMarkKey {
  switch (target.kind) {
    case 'token':
      return target.token === undefined
        ? keyOf('token', { issuer: target.issuer, tokenId: target.tokenId })
        : { kind: 'token', id: digestKey(tokenDigest(checked('token', target.token))) };
    case 'session':
      return keyOf('session', { issuer: target.issuer, sessionId: target.sessionId });
    case 'subject':
      return keyOf('subject', { issuer: target.issuer, subject: target.subject });
    case 'principal':
      return keyOf('principal', { principalKey: checkedPrincipalKey(target.principalKey) });
    case 'client':
      return keyOf('client', { issuer: target.issuer, clientId: target.clientId });
    case 'issuer':
      return keyOf('issuer', { issuer: target.issuer });
    default:
      throw new TypeError(
        `The kind of what is revoked must be one of ${REVOCATION_KINDS.join(', ')}`,
      );
  }
}

function keyOf(kind: RevocationKind, parts: Readonly<Record<string, unknown>>): RevocationMarkKey {
  const texts = Object.entries(parts).map(([name, value]) => checked(name, value));
  return { kind, id: revocationId(kind, texts) };
}

function checked(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`To revoke something, give ${name} as a string that is not empty`);
}

/** Whether this looks like a `principal.key`. An id alone does not: a mark on it would apply to nobody. */
export function isPrincipalKey(key: unknown): key is string {
  return typeof key === 'string' && /^(?:user|client):./.test(key);
}

function checkedPrincipalKey(key: unknown): string {
  const text = checked('principalKey', key);
  if (isPrincipalKey(text)) return text;
  throw new TypeError(
    "A principal is revoked by its key, 'user:…' or 'client:…', and not by an id. Write: revokePrincipal(principal.key), or revokeSubject({ issuer, subject })",
  );
}

/** Computes the id of a mark: a digest of its kind and of the texts that name what it applies to. */
export function revocationId(kind: RevocationKind, texts: readonly string[]): string {
  // As JSON, so that two different lists of texts never give the same bytes, even with lone surrogates.
  return sha256Base64Url(JSON.stringify(['authly revocation', kind, ...texts]));
}

/** Computes the id of the mark on a token from the token's digest. */
export function digestKey(digest: string): string {
  return revocationId('token', [digest]);
}

/**
 * Computes the digest of a token. For a signed token (JWS), the signature is left out: with ECDSA, anybody who has the
 * token can compute a second valid signature for it, and the revocation must apply to that, too.
 */
export function tokenDigest(token: string): string {
  const [header = '', payload, signature, ...more] = token.split('.');
  const isSigned = payload !== undefined && signature !== undefined && more.length === 0;
  return sha256Base64Url(isSigned && isJsonObject(header) ? `${header}.${payload}` : token);
}

function isJsonObject(segment: string): boolean {
  const bytes = decodeBase64Url(segment);
  return bytes !== undefined && parseUnfrozen(bytes) !== undefined;
}
