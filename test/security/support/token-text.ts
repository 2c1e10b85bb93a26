import type { TestKey } from '@authly/testing';
import { encoded, GOOD_CLAIMS, issuerKey, segmentsOf } from '../../support/tokens.ts';

/** The header of a good token. */
export function goodHeader(key: TestKey = issuerKey): Readonly<Record<string, unknown>> {
  return { alg: key.algorithm, typ: 'at+jwt', kid: key.kid };
}

/** The good claims as JSON text, with more text before the closing brace. */
export function claimsText(more: string, without: readonly string[] = []): string {
  const kept = Object.fromEntries(
    Object.entries(GOOD_CLAIMS).filter(([name]) => !without.includes(name)),
  );
  return `${JSON.stringify(kept).slice(0, -1)},${more}}`;
}

/** The token with another signature. */
export function withSignature(token: string, signature: string | Uint8Array): string {
  const [header, payload] = segmentsOf(token);
  const text = typeof signature === 'string' ? signature : encoded(signature);
  return `${header}.${payload}.${text}`;
}

/** The bytes of a token's signature. */
export function signatureOf(token: string): Buffer {
  return Buffer.from(segmentsOf(token)[2], 'base64url');
}
