import { authenticate, authorize, claim, principalOf, socketCertificate } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** An API that wants bound tokens, and does not mind which way. */
export function createApp(issuer: AudienceProvider): Express {
  const app = express();
  const audience = 'https://api.acme.com';
  // #region either-binding
  const mtls = { certificate: socketCertificate() };
  app.use(authenticate({ issuer, audience, dpop: 'when-bound', mtls }));
  // At this point, every binding of the token was checked with the request.
  app.use(authorize(claim((_claims, { confirmation }) => confirmation !== undefined, 'bound')));
  // #endregion
  app.get('/me', (request, response) => void response.json(principalOf(request).key));
  return app;
}
