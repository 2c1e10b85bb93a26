import { createServer, type Server } from 'node:https';
import { authenticate, principalOf, socketCertificate } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** An API that accepts tokens bound to the certificate of their connection, and other tokens as before. */
export function createApp(issuer: AudienceProvider): Express {
  const audience = 'https://api.acme.com';
  const app = express();
  // #region certificates
  app.use(authenticate({ issuer, audience, mtls: { certificate: socketCertificate() } }));
  // #endregion
  app.get('/me', (request, response) => void response.json(principalOf(request).key));
  return app;
}

/** A TLS server that asks each client for a certificate. */
export function serve(app: Express, { cert, key }: { cert: string; key: string }): Server {
  // #region server
  const options = { cert, key, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, app);
  // #endregion
  return server;
}
