import type { KeyObject } from 'node:crypto';
import type { Algorithm } from '../token/algorithms.ts';

/** A public key that was checked and prepared once, for all verifications. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** The algorithms that the key's type, curve and own `alg` allow. */
  readonly algorithms: readonly Algorithm[];
  readonly keyObject: KeyObject;
  /** Length of the key's signatures in bytes. */
  readonly signatureBytes: number;
  /** `issuer` of the JWK, where a provider binds keys to issuers (Entra multi-tenant). */
  readonly issuer: string | undefined;
  /** Equal for two keys if and only if their key material is equal. */
  readonly material: string;
}
