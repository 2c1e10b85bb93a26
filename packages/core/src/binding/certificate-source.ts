import type { RequestView } from '../http/request-view.ts';

/**
 * Where the certificate is that a client showed in its TLS handshake (RFC 8705 §3): `socketCertificate()`
 * where this server ends TLS, `headerCertificate({ … })` where a proxy does.
 *
 * One of your own decides for itself whose word it takes: a header that any client can write is no proof.
 */
export interface CertificateSource {
  /**
   * The certificate's thumbprint (`x5t#S256`, RFC 8705 §3.1): SHA-256 over its DER, in base64url without
   * padding. `undefined` where the request has none that counts. It is asked at once and gives no
   * promise; what it throws is answered with 503.
   */
  thumbprintOf(request: RequestView): string | undefined;
  /** Why a request has none, for the operator: a fixed text, without anything of the request. */
  whyNone?(request: RequestView): string;
}
