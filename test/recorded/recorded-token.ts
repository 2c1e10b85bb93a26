import { readdirSync, readFileSync } from 'node:fs';
import type { Algorithm, JsonWebKeySet } from '@authly/core';
import { compactJws, generateTestKey, type TestKey } from '@authly/testing';

/** A token as a real server issued it, without its signature. Names in it are invented. */
export interface RecordedToken {
  readonly id: string;
  readonly server: string;
  readonly version: string;
  /** How the token was got. */
  readonly how: string;
  /** Who really called; `neither` for what is no access token: an ID token, a logout token. */
  readonly kind: 'user' | 'client' | 'neither';
  readonly form: 'jwt' | 'introspection-jwt' | 'logout-token' | 'set';
  readonly tokenType?: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The recorded tokens of each server, by the name of its file. */
export const RECORDED: ReadonlyMap<string, readonly RecordedToken[]> = new Map(
  readdirSync(new URL('tokens', import.meta.url)).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(new URL(`tokens/${file}`, import.meta.url), 'utf8')),
  ]),
);

const ALGORITHMS: readonly Algorithm[] = ['RS256', 'RS512', 'PS256', 'ES256', 'ES512', 'EdDSA'];

const keys = new Map<Algorithm, TestKey>();

/** The test's key for the algorithm that a token names. One that it has no key for is signed as RS256. */
function keyFor({ header }: RecordedToken): TestKey {
  const algorithm = ALGORITHMS.find((name) => name === header['alg']) ?? 'RS256';
  const key = keys.get(algorithm) ?? generateTestKey(algorithm);
  keys.set(algorithm, key);
  return key;
}

/** The token, signed again by a key of the test. Its header and payload are as they were recorded. */
export function signedAgain(token: RecordedToken): string {
  return compactJws(token.header, token.payload, keyFor(token));
}

/** The key set that publishes that key, under the token's own `kid`. */
export function keySetOf(token: RecordedToken): JsonWebKeySet {
  const { kid: _ours, ...jwk } = keyFor(token).publicJwk;
  const { kid } = token.header;
  return { keys: [typeof kid === 'string' ? { ...jwk, kid } : jwk] };
}
