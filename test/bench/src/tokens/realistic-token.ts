import { randomUUID } from 'node:crypto';
import { compactJws, type TestKey } from '@authly/testing';

/** The issuer of every token. No request is ever sent to this name; the keys come from a loopback server. */
export const ISSUER = 'https://login.acme.example/tenants/eu-1';
/** The audience of every token, in addition to the issuer's own. */
export const AUDIENCE = 'https://api.acme.example';
/** A scope that every token has. */
export const SCOPE = 'read:users';

const LIFETIME_SEC = 7_200;

/** Claims to set or replace. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * A user's access token with every claim of RFC 9068 §2.2, five scopes and the claims that providers add. It
 * has about 1,000 characters with an RSA signature, 750 with an elliptic curve.
 */
export function realisticToken(key: TestKey, serial: number, claims: Claims = {}): string {
  const now = Math.floor(Date.now() / 1_000);
  return compactJws(
    { alg: key.algorithm, typ: 'at+jwt', kid: key.kid },
    {
      iss: ISSUER,
      aud: [AUDIENCE, `${ISSUER}/userinfo`],
      sub: `auth|${String(serial).padStart(24, '0')}`,
      client_id: '0oa1g2h3jKLmNoPqRs5d7',
      iat: now,
      exp: now + LIFETIME_SEC,
      jti: randomUUID(),
      scope: `openid profile ${SCOPE} write:users read:orders`,
      auth_time: now - 60,
      acr: 'urn:acme:loa:2',
      tenant_id: 'org_8Hk2mQ9xT4vBzN1c',
      ...claims,
    },
    key,
  );
}

/** Many distinct tokens, signed with one key. */
export function realisticTokens(key: TestKey, count: number, claims?: Claims): readonly string[] {
  return Array.from({ length: count }, (_, serial) => realisticToken(key, serial, claims));
}
