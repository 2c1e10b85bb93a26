import { sha256Base64Url } from '../lib/sha256.ts';
import type { CertificateSource } from './certificate-source.ts';

const WHY_NONE =
  'The TLS connection has no client certificate. The server has to ask for one: https.createServer({ …, requestCert: true, rejectUnauthorized: false }). Where a proxy ends TLS, write: mtls: { certificate: headerCertificate({ … }) }';

/**
 * Reads the client certificate from the TLS connection itself, for a Node server that ends TLS:
 *
 * ```ts
 * https.createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, app);
 * ```
 *
 * The handshake proves that the client has the private key of the certificate. This function does not check who
 * issued the certificate, nor when it expires: RFC 8705 §6.2 does not need that, so a self-signed certificate is
 * accepted, too. Node's `authorized` is not read, because for a resumed session it is `true` even without a certificate. A
 * resumed session has the certificate of its first handshake.
 */
export function socketCertificate(): CertificateSource {
  // A connection gives the same bytes object for each of its requests, so its certificate is hashed only once.
  const thumbprints = new WeakMap<Uint8Array, string>();

  return Object.freeze<CertificateSource>({
    thumbprintOf(request) {
      const certificate = request.peerCertificate?.();
      if (certificate === undefined) return undefined;
      const known = thumbprints.get(certificate);
      if (known !== undefined) return known;
      const thumbprint = sha256Base64Url(certificate);
      thumbprints.set(certificate, thumbprint);
      return thumbprint;
    },
    whyNone: () => WHY_NONE,
  });
}
