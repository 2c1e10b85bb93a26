import { authenticate, fromHeader, principalOf } from '@authly/express';
import { cloudflareAccess } from '@authly/express/providers';
import express, { type Express } from 'express';

export function createApp(): Express {
  const app = express();
  // #region cloudflare-access
  const issuer = cloudflareAccess('https://acme.cloudflareaccess.com');
  const audience = '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228'; // the AUD tag
  const credentials = fromHeader('cf-access-jwt-assertion');
  app.use(authenticate({ issuer, audience }, { credentials }));
  // #endregion
  app.get('/me', (request, response) => {
    response.json({ key: principalOf(request).key });
  });
  return app;
}
