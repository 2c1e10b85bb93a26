import { hash } from 'node:crypto';

/** Computes SHA-256 (FIPS 180-4) of bytes, or of text in UTF-8. In base64url without padding: 43 characters. */
export function sha256Base64Url(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url');
}
