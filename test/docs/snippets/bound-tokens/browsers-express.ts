import { authenticate, DPOP_CORS, principalOf } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import cors from 'cors';
import express, { type Express } from 'express';

/** An API on Express that web pages of another origin call. */
export function createApp(issuer: AudienceProvider): Express {
  // #region browsers-express
  const app = express();
  app.use(cors({ origin: 'https://app.acme.com', ...DPOP_CORS }));
  app.use(authenticate({ issuer, audience: 'https://api.acme.com', dpop: 'required' }));
  // #endregion
  app.get('/me', (request, response) => void response.json(principalOf(request).key));
  return app;
}
