import type { KeyObject } from 'node:crypto';
import { expect } from 'vitest';
import { prepareKey } from '../../src/keys/prepare-key.ts';
import type { VerificationKey } from '../../src/signature/verification-key.ts';

/** The key of a JWK, which has to be fit. */
export function preparedKey(jwk: object, uses?: readonly string[]): VerificationKey {
  const key = prepareKey(jwk, uses);
  return typeof key === 'string' ? expect.unreachable(`unfit: ${key}`) : key;
}

/** A key as a JWK without any name. */
export function bareJwk(key: KeyObject): Record<string, unknown> {
  return key.export({ format: 'jwk' }) as Record<string, unknown>;
}
