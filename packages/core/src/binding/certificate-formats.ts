import { sha256Base64Url } from '../lib/sha256.ts';
import { forwardedThumbprint } from './forwarded-client-cert.ts';

/** How a proxy writes a certificate into a header. */
export type CertificateFormat = 'rfc9440' | 'nginx' | 'envoy' | 'aws-alb' | 'base64-der';

/** One form, and the header in which it usually comes. */
export interface CertificateFormatRule {
  /** Name of the header, in lower case. */
  readonly header: string;
  /**
   * The thumbprint of the client's certificate (RFC 8705 §3.1); `undefined` for anything that is not
   * exactly of this form. Does not throw.
   */
  readonly thumbprintOf: (value: string) => string | undefined;
}

/** Every form. */
export const CERTIFICATE_FORMATS: Readonly<Record<CertificateFormat, CertificateFormatRule>> =
  Object.freeze({
    rfc9440: { header: 'client-cert', thumbprintOf: ofByteSequence },
    nginx: { header: 'x-client-cert', thumbprintOf: ofEscapedPem },
    envoy: { header: 'x-forwarded-client-cert', thumbprintOf: forwardedThumbprint },
    'aws-alb': { header: 'x-amzn-mtls-clientcert-leaf', thumbprintOf: ofEscapedPem },
    'base64-der': { header: 'x-arr-clientcert', thumbprintOf: ofBase64 },
  });

// RFC 9440 §2.2: one byte sequence (RFC 8941 §3.3.5), without parameters.
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]+={0,2}):$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** RFC 7468 §5: certificates one after the other and nothing else, of which the first is the client's. */
const PEM =
  /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*(?:-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)*$/;

function ofByteSequence(value: string): string | undefined {
  const base64 = BYTE_SEQUENCE.exec(value)?.[1];
  return base64 === undefined ? undefined : ofBase64(base64);
}

/**
 * A certificate in PEM, percent-encoded: `$ssl_client_escaped_cert` of nginx, and the headers of AWS,
 * which leave `+`, `/` and `=` as they are. A `+` is a `+` and no space.
 */
function ofEscapedPem(value: string): string | undefined {
  const base64 = PEM.exec(percentDecoded(value))?.[1];
  return base64 === undefined ? undefined : ofBase64(base64.replace(/\s/g, ''));
}

function ofBase64(value: string): string | undefined {
  if (!BASE64.test(value)) return undefined;
  const der = Buffer.from(value, 'base64');
  return isOneSequence(der) ? sha256Base64Url(der) : undefined;
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

/**
 * Whether the bytes are one DER sequence from the first to the last (X.690 §8.1, §10.1), as a certificate
 * is (RFC 5280 §4.1). More need not be parsed: only the bytes that the authorization server hashed have
 * the token's thumbprint.
 */
function isOneSequence(der: Uint8Array): boolean {
  const [tag, first = 0] = der;
  if (tag !== 0x30 || der.length < 2) return false;
  if (first < 0x80) return der.length === 2 + first;
  const size = first & 0x7f;
  // A certificate has fewer than 2^24 bytes; 0x80 alone would be of indefinite length, which DER has not.
  if (size < 1 || size > 3) return false;
  const length = der.subarray(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
  return der.length === 2 + size + length;
}
