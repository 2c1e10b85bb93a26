import { authenticate, fromHeader, principalOf } from '@authly/express';
import { custom } from '@authly/express/providers';
import express, { type Express } from 'express';

// #region google-iap
const issuer = custom({
  issuer: 'https://cloud.google.com/iap',
  jwksUri: 'https://www.gstatic.com/iap/verify/public_key-jwk',
  algorithms: ['ES256'],
  types: { accepted: ['jwt'], optional: true },
  classify: ({ sub, email }) => {
    const isOfGoogle = typeof sub === 'string' && sub.startsWith('accounts.google.com:');
    if (!isOfGoogle || typeof email !== 'string') return 'refuse';
    return email.endsWith('.gserviceaccount.com') ? { kind: 'client', clientId: email } : 'user';
  },
});
const audience = '/projects/123456789012/global/backendServices/4567890123456789012';
const credentials = fromHeader('x-goog-iap-jwt-assertion');
// #endregion

export function createApp(): Express {
  const app = express();
  app.use(authenticate({ issuer, audience }, { credentials }));
  app.get('/me', (request, response) => {
    response.json({ key: principalOf(request).key });
  });
  return app;
}
