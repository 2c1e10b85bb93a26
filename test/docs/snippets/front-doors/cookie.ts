import {
  type AudienceProvider,
  authenticate,
  fromCookie,
  requireUser,
  userOf,
} from '@authly/express';
import express, { type Express } from 'express';

export function createApp(issuer: AudienceProvider): Express {
  const app = express();
  // #region cookie
  const credentials = fromCookie('__Host-at', { origins: ['https://app.acme.com'] });
  app.use(authenticate({ issuer, audience: 'https://api.acme.com' }, { credentials }));
  // #endregion
  app.all('/me', requireUser(), (req, res) => {
    res.json({ user: userOf(req).userId });
  });
  return app;
}
