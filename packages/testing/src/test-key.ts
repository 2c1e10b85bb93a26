import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Algorithm, JsonWebKey } from '@authly/core';

/** A key to sign test tokens with, and for nothing else: it exists only in this process. */
export interface TestKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  /** The public half, as a key set publishes it. */
  readonly publicJwk: Readonly<JsonWebKey & { kid: string; alg: Algorithm; use: 'sig' }>;
  /** The private half, as `createIssuer` takes it. */
  readonly privateJwk: Readonly<JsonWebKey & { kid: string; alg: Algorithm; use: 'sig' }>;
}

type KeyPair = ReturnType<typeof generateKeyPairSync>;

const rsa = (): KeyPair => generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = (namedCurve: string): KeyPair => generateKeyPairSync('ec', { namedCurve });

const GENERATORS: Readonly<Record<Algorithm, () => KeyPair>> = {
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: () => ec('P-256'),
  ES384: () => ec('P-384'),
  ES512: () => ec('P-521'),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

/**
 * Generates a key that no issuer publishes: for forged tokens, and for rotation. Give it the `kid`
 * of a published key to forge with, or leave it at `other-<algorithm>`. An RSA key takes a fraction
 * of a second.
 */
export function generateTestKey(
  algorithm: Algorithm = 'ES256',
  kid = `other-${algorithm}`,
): TestKey {
  const { privateKey, publicKey } = GENERATORS[algorithm]();
  const names = { kid, alg: algorithm, use: 'sig' } as const;
  return Object.freeze({
    kid,
    algorithm,
    privateKey,
    publicJwk: Object.freeze({ ...publicKey.export({ format: 'jwk' }), ...names }),
    privateJwk: Object.freeze({ ...privateKey.export({ format: 'jwk' }), ...names }),
  });
}

const cache = new Map<string, TestKey>();

/**
 * An issuer's key for an algorithm: generated once in a process, since RSA keys are slow to make.
 * Two issuers never share a key, so a token of one is never valid at the other.
 */
export function cachedTestKey(issuer: string, algorithm: Algorithm): TestKey {
  const name = `${algorithm} ${issuer}`;
  const key = cache.get(name) ?? generateTestKey(algorithm, `test-${algorithm}`);
  cache.set(name, key);
  return key;
}
