import {
  compactJws,
  fakeClock,
  generateTestKey,
  type JwsPart,
  type TestKey,
} from '@authly/testing';

/** The time of every attack, in seconds since the epoch. */
export const NOW = 1_800_000_000;

export const ISSUER = 'https://as.example.com';
export const AUDIENCE = 'https://api.example.com';
/** Where the issuer has its keys: the only address that anything may be fetched from. */
export const JWKS_URI = `${ISSUER}/jwks`;

/** A clock that stands at {@link NOW}. */
export function aClock(): ReturnType<typeof fakeClock> {
  return fakeClock(NOW * 1000);
}

export const es256: TestKey = generateTestKey('ES256', 'key-es');
export const rs256: TestKey = generateTestKey('RS256', 'key-rs');
export const ps256: TestKey = generateTestKey('PS256', 'key-ps');
export const eddsa: TestKey = generateTestKey('EdDSA', 'key-ed');

/** The issuer's keys: one for each algorithm that is accepted by default. */
export const keys: readonly TestKey[] = [es256, rs256, ps256, eddsa];

/** The attacker's own key, under the name of the issuer's. */
export const forger: TestKey = generateTestKey('ES256', es256.kid);

type Members = Readonly<Record<string, unknown>>;

/** The claims of the one good token that every attack begins with. */
export const GOOD_CLAIMS: Members = Object.freeze({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  client_id: 'web-app',
  iat: NOW,
  exp: NOW + 600,
  jti: 'token-1',
  scope: 'read:users write:users',
});

/** Its header. */
export function goodHeader(key: TestKey = es256): Members {
  return { alg: key.algorithm, typ: 'at+jwt', kid: key.kid };
}

/** What of the good token is changed; a member that is `undefined` is left out. */
export interface Changes {
  readonly claims?: Members;
  readonly header?: Members;
  /** The key that signs; header and kid follow it. */
  readonly key?: TestKey;
  /** JSON text or bytes in the place of the claims, or of the header. */
  readonly payload?: JwsPart;
  readonly rawHeader?: JwsPart;
}

/** The good token with changes, rightly signed by `key`. */
export function aToken({ claims, header, key = es256, payload, rawHeader }: Changes = {}): string {
  return compactJws(
    rawHeader ?? { ...goodHeader(key), ...header },
    payload ?? { ...GOOD_CLAIMS, ...claims },
    key,
  );
}

/** A machine's good token. */
export function aClientToken(claims: Members = {}): string {
  return aToken({ claims: { sub: 'nightly-sync', client_id: 'nightly-sync', ...claims } });
}

/** The good claims as JSON text, with more text before the closing brace. */
export function claimsText(more: string, without: readonly string[] = []): string {
  const kept = Object.fromEntries(
    Object.entries(GOOD_CLAIMS).filter(([name]) => !without.includes(name)),
  );
  return `${JSON.stringify(kept).slice(0, -1)},${more}}`;
}

/** The three segments of a token. */
export function segments(token: string): readonly [string, string, string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** base64url. */
export function encoded(part: string | Uint8Array): string {
  return Buffer.from(part).toString('base64url');
}

/** The token with another signature. */
export function withSignature(token: string, signature: string | Uint8Array): string {
  const [header, payload] = segments(token);
  const text = typeof signature === 'string' ? signature : encoded(signature);
  return `${header}.${payload}.${text}`;
}

/** The bytes of a token's signature. */
export function signatureOf(token: string): Buffer {
  return Buffer.from(segments(token)[2], 'base64url');
}
