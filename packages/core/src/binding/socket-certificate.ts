import { sha256Base64Url } from '../lib/sha256.ts';
import type { CertificateSource } from './certificate-source.ts';

const WHY_NONE =
  'The TLS connection has no client certificate. The server has to ask for one: https.createServer({ …, requestCert: true, rejectUnauthorized: false }). Where a proxy ends TLS, write: mtls: { certificate: headerCertificate({ … }) }';

/**
 * The certificate of the connection itself, for a server of Node's that ends TLS:
 *
 * ```ts
 * https.createServer({ key, cert, requestCert: true, rejectUnauthorized: false }, app);
 * ```
 *
 * The handshake proves that the client holds the certificate's key. Neither who issued the certificate
 * nor when it ends is looked at: RFC 8705 needs neither (§6.2), and self-signed ones are as good. Node's
 * `authorized` is never asked: of a resumed session it says `true` also without any certificate. A
 * session that is resumed has the certificate of its first handshake.
 */
export function socketCertificate(): CertificateSource {
  // A connection gives the same bytes for each of its requests: its certificate is hashed once.
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
