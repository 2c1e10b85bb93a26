import { authenticate, principalOf } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** An API that accepts bound tokens with their proof, and other tokens as before. */
export function createApp(issuer: AudienceProvider): Express {
  const app = express();
  // #region options
  app.use(authenticate({ issuer, audience: 'https://api.acme.com', dpop: 'when-bound' }));
  // #endregion
  app.get('/me', (request, response) => void response.json(principalOf(request).key));
  return app;
}
