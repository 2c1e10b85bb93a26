import { createHash } from 'node:crypto';
import type { TestKey } from './test-key.ts';

/** The members that make a public key, in the order of their names (RFC 7638 §3.2, RFC 8037 §2). */
const MEMBERS: Readonly<Record<string, readonly ('crv' | 'e' | 'kty' | 'n' | 'x' | 'y')[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/** The thumbprint of a key by SHA-256 (RFC 7638): `cnf.jkt` of the tokens that are bound to it. */
export function thumbprintOf({ publicJwk }: Pick<TestKey, 'publicJwk'>): string {
  const names = MEMBERS[publicJwk.kty ?? ''] ?? [];
  const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, publicJwk[name]])));
  return createHash('sha256').update(text).digest('base64url');
}
