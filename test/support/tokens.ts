import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  type ClaimOverrides,
  type FakeClock,
  fakeClock,
  generateTestKey,
  type TestIssuer,
  type TestKey,
  type TokenOptions,
  testIssuer,
} from '@authly/testing';

// Core's own tests take these from here: a dependency of core on @authly/testing would be a circle.
export { compactJws, type FakeClock, generateTestKey, type TestKey } from '@authly/testing';

/** The time of every test that does not choose its own, in seconds since the epoch. */
export const NOW = 1_800_000_000;

/** The issuer and the API that tokens are from and for, unless a test says otherwise. */
export const ISSUER = 'https://as.example.com';
export const AUDIENCE = 'https://api.example.com';

/** A clock that stands at {@link NOW}. */
export function aClock(): FakeClock {
  return fakeClock(NOW * 1000);
}

/** The key of the issuer. */
export const issuerKey: TestKey = generateTestKey('ES256', 'key-1');

/** The issuer, which has {@link issuerKey} alone. */
export const issuer: TestIssuer = testIssuer({
  issuer: ISSUER,
  audience: AUDIENCE,
  clock: aClock(),
  keys: [issuerKey],
});

/** What the issuer publishes. */
export const jwks: TestIssuer['jwks'] = issuer.jwks;

/** The claims of a good token of a user: `ada` through `web-app`, for ten minutes. */
export const GOOD_CLAIMS: ClaimOverrides = Object.freeze({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  client_id: 'web-app',
  iat: NOW,
  exp: NOW + 600,
  jti: 'token-1',
  scope: 'read:users write:users',
});

// The issuer says in `sub_type` whether a user or a client is calling. Most others do not.
const PLAIN = { sub_type: undefined, jti: 'token-1', scope: 'read:users write:users' };

/** A user's access token (RFC 9068) with {@link GOOD_CLAIMS}, but for what is given. */
export function aToken(claims: ClaimOverrides = {}, options: TokenOptions = {}): string {
  return issuer.aUserToken({ ...PLAIN, sub: 'ada', ...claims }, options);
}

/** The same as {@link aToken}, where a test wants to say that it is a user's. */
export function aUserToken(claims?: ClaimOverrides, options?: TokenOptions): string {
  return aToken(claims, options);
}

/** A client's access token (RFC 9068), good for ten minutes: `nightly-sync`. */
export function aClientToken(claims: ClaimOverrides = {}, options: TokenOptions = {}): string {
  return issuer.aClientToken({ ...PLAIN, ...claims }, options);
}

/** The public half of a key. */
export function publicKeyOf({ privateKey }: Pick<TestKey, 'privateKey'>): KeyObject {
  return createPublicKey(privateKey);
}

/** base64url. */
export function encoded(part: string | Uint8Array): string {
  return Buffer.from(part).toString('base64url');
}

/** The three segments of a token. */
export function segmentsOf(token: string): readonly [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}
