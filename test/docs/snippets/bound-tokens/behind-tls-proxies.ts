import { createResourceServer, headerCertificate, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';

/** An API behind a proxy that ends TLS and forwards the client's certificate. */
export function createServer(issuer: AudienceProvider): ResourceServer {
  // #region behind-tls-proxies
  const certificate = headerCertificate({
    format: 'nginx',
    header: 'X-Client-Cert',
    // Where the proxies connect from. Nobody else's header is read.
    proxies: ['10.4.0.0/24'],
  });
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    mtls: { mode: 'required', certificate },
  });
  // #endregion
  return resourceServer;
}
