import type { RequestView } from '../http/request-view.ts';

/**
 * Finds the certificate that a client showed in its TLS handshake (RFC 8705 §3). Use `socketCertificate()` when
 * this server ends TLS, and `headerCertificate({ … })` when a proxy does.
 *
 * If you write a source of your own, it must make sure that the certificate comes from the TLS handshake: a
 * header that any client can send proves nothing.
 */
export interface CertificateSource {
  /**
   * Gives the certificate's thumbprint (`x5t#S256`, RFC 8705 §3.1): SHA-256 over its DER, in base64url without
   * padding. `undefined` when the request has no certificate, or none that can be trusted. It must not give a
   * promise. When it throws, the request is answered with 503.
   */
  thumbprintOf(request: RequestView): string | undefined;
  /** Says to the operator why a request has no certificate: a fixed text that contains nothing of the request. */
  whyNone?(request: RequestView): string;
}
