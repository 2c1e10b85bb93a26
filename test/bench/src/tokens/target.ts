import { createPublicKey, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Algorithm } from '@authly/core';
import { generateTestKey, type TestKey } from '@authly/testing';
import { AUDIENCE, ISSUER } from './realistic-token.ts';

/** What an API would configure: an issuer, an audience, and where the keys are. */
export interface Target {
  readonly algorithm: Algorithm;
  readonly issuer: string;
  readonly audience: string;
  /** URL of the key set on a loopback server. */
  readonly jwksUri: string;
  readonly jwks: { readonly keys: readonly TestKey['publicJwk'][] };
  readonly publicKey: KeyObject;
  readonly pem: string;
}

/** A target, the key that signs for it, and the key server behind it. */
export interface OpenTarget {
  readonly target: Target;
  readonly key: TestKey;
  close(): void;
}

/** Makes a key and serves it on a free port of the loopback interface. */
export async function openTarget(algorithm: Algorithm): Promise<OpenTarget> {
  const key = generateTestKey(algorithm, `${algorithm}-2026-11-Zk3v`);
  const jwks = { keys: [key.publicJwk] };
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server must not keep the process running after the last measurement.
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    key,
    target: targetOf(key, `http://127.0.0.1:${port}/jwks`),
    close: () => server.close(),
  };
}

/** A target whose key server already runs elsewhere. */
export function targetOf(
  { algorithm, publicJwk }: Pick<TestKey, 'algorithm' | 'publicJwk'>,
  jwksUri: string,
): Target {
  const publicKey = createPublicKey({ key: publicJwk, format: 'jwk' });
  return {
    algorithm,
    issuer: ISSUER,
    audience: AUDIENCE,
    jwksUri,
    jwks: { keys: [publicJwk] },
    publicKey,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
