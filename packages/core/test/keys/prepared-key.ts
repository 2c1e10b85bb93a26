import type { KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import type { VerificationKey } from '../../src/signature/verification-key.ts';

/** Prepares a JWK that must be usable. */
export function preparedKey(jwk: object, uses?: readonly string[]): VerificationKey {
  const key = prepareKey(jwk, uses);
  return typeof key === 'string' ? expect.unreachable(`unfit: ${key}`) : key;
}

/** A key as a JWK without kid, alg and use. */
export function bareJwk(key: KeyObject): Record<string, unknown> {
  return key.export({ format: 'jwk' }) as Record<string, unknown>;
}
