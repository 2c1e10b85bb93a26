import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { AnyResourceServerOptions } from '../src/options/options.ts';
import { rfc9068 } from '../src/providers/rfc9068.ts';
import { createResourceServer, type ResourceServer } from '../src/resource-server.ts';

/** The time of every test that does not choose its own, in seconds since the epoch. */
export const NOW = 1_800_000_000;

export const ISSUER = 'https://as.example.com';
export const AUDIENCE = 'https://api.example.com';

/** A clock that stands still until it is moved. */
export interface FakeClock {
  now(): number;
  /** Moves the time on, in seconds; backwards when negative. */
  advance(seconds: number): void;
}

export function aClock(nowSec: number = NOW): FakeClock {
  let nowMs = nowSec * 1000;
  return {
    now: () => nowMs,
    advance: (seconds) => {
      nowMs += seconds * 1000;
    },
  };
}

/** An authorization server's key: signs with one half, publishes the other. */
export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The public half as a provider publishes it. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** A fresh key. RSA ones take a while: make one for a file. */
export function aKey(kid: string, alg = 'ES256', pair: KeyPair = aKeyPair(alg)): SigningKey {
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { alg, kid, ...pair, jwk };
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export function aKeyPair(alg: string): KeyPair {
  const namedCurve = CURVES[alg];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** The key of {@link ISSUER}, unless a test says otherwise. */
export const issuerKey: SigningKey = aKey('key-1');

/** What {@link ISSUER} publishes. */
export const jwks: { readonly keys: readonly object[] } = { keys: [issuerKey.jwk] };

/** What of a good token is changed: a member that is `undefined` is left out. */
export interface TokenChanges {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: SigningKey;
}

/** A user's access token (RFC 9068), good for ten minutes: `ada` through `web-app`. */
export function aToken({ claims, header, key = issuerKey }: TokenChanges = {}): string {
  return signTexts(
    JSON.stringify({ alg: key.alg, typ: 'at+jwt', kid: key.kid, ...header }),
    JSON.stringify({ ...GOOD_CLAIMS, ...claims }),
    key,
  );
}

/** A client's access token (RFC 9068): `nightly-sync`. */
export function aClientToken(claims: TokenChanges['claims'] = {}): string {
  return aToken({ claims: { sub: 'nightly-sync', client_id: 'nightly-sync', ...claims } });
}

export const GOOD_CLAIMS: Readonly<Record<string, unknown>> = Object.freeze({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  client_id: 'web-app',
  iat: NOW,
  exp: NOW + 600,
  jti: 'token-1',
  scope: 'read:users write:users',
});

/** A rightly signed token of any header and payload: JSON that no serializer would write, or bytes. */
export function signTexts(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  key: SigningKey = issuerKey,
): string {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${signatureOf(input, key).toString('base64url')}`;
}

/** The raw signature over text (RFC 7518 §3). */
export function signatureOf(input: string, { alg, privateKey }: SigningKey): Buffer {
  const hash = alg === 'EdDSA' ? null : `sha${alg.slice(2)}`;
  const options = alg.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : alg.startsWith('ES')
      ? { dsaEncoding: 'ieee-p1363' as const }
      : {};
  return sign(hash, Buffer.from(input), { key: privateKey, ...options });
}

export function segment(part: string | Uint8Array): string {
  return Buffer.from(part).toString('base64url');
}

/** The three segments of a token. */
export function segmentsOf(token: string): [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** A resource server that accepts the tokens above. */
export function aResourceServer(
  options: Partial<AnyResourceServerOptions> = {},
): ResourceServer<unknown> {
  const single = { issuer: rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE };
  const merged = { clock: aClock(), ...('issuers' in options ? {} : single), ...options };
  return createResourceServer(merged as AnyResourceServerOptions);
}
