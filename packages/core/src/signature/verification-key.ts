import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../token/algorithms.ts';

/** A public key that was checked and prepared for verification. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The algorithms that the key's type, curve and own `alg` allow. */
  readonly algorithms: readonly Algorithm[];
  readonly keyObject: KeyObject;
  /** Length of the key's signatures in bytes. */
  readonly signatureBytes: number;
  /** `issuer` of the JWK, if the provider restricts its keys to issuers (Entra ID with several tenants). */
  readonly issuer: string | undefined;
  /** The public key as text (SPKI in base64). Two keys with equal material are the same key. */
  readonly material: string;
}
