import {
  type FakeClock,
  fakeClock,
  generateTestKey,
  type TestIssuer,
  type TestKey,
  testIssuer,
} from '@authly/testing';

/** The time of every test that does not choose its own, in seconds since the epoch. */
export const NOW = 1_800_000_000;

/** The issuer and the API that tokens are from and for, unless a test says otherwise. */
export const ISSUER = 'https://as.example.com';
export const AUDIENCE = 'https://api.example.com';

/** A clock that stands at {@link NOW}. */
export function aClock(): FakeClock {
  return fakeClock(NOW * 1000);
}

/** The issuer: one key, whose `kid` is `key-1`. */
export const issuer: TestIssuer = testIssuer({
  issuer: ISSUER,
  audience: AUDIENCE,
  clock: aClock(),
  keys: [generateTestKey('ES256', 'key-1')],
});

type Claims = Readonly<Record<string, unknown>>;

/** What of a good token is changed: a member that is `undefined` is left out. */
export interface TokenChanges {
  readonly claims?: Claims;
  readonly header?: Claims;
  readonly key?: TestKey;
}

/** A user's access token (RFC 9068), good for ten minutes: `ada` through `web-app`. */
export function aUserToken(claims: Claims = {}): string {
  return aToken({ claims });
}

/** A client's access token (RFC 9068), good for ten minutes: `nightly-sync`. */
export function aClientToken(claims: Claims = {}): string {
  return issuer.aClientToken({ client_id: 'nightly-sync', ...AUTHORITY, ...claims });
}

/** A user's token with changes to claims, header or key. */
export function aToken({ claims, ...options }: TokenChanges): string {
  return issuer.aUserToken({ sub: 'ada', ...AUTHORITY, ...claims }, options);
}

const AUTHORITY = { jti: 'token-1', scope: 'read:users write:users' };
