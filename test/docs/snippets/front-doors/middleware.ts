import { type AudienceProvider, authenticate, userOf } from '@authly/express';
import express, { type Express } from 'express';

/** A session store of the application's own. */
export interface Sessions {
  tokenOf(sessionId: string | undefined): string | undefined;
}

export function createApp(issuer: AudienceProvider, sessions: Sessions): Express {
  const app = express();
  // #region middleware
  app.use((req, _res, next) => {
    delete req.headers.authorization;
    const token = sessions.tokenOf(req.get('x-session'));
    if (token !== undefined) req.headers.authorization = `Bearer ${token}`;
    next();
  });
  app.use(authenticate({ issuer, audience: 'https://api.acme.com' }));
  // #endregion
  app.get('/me', (req, res) => {
    res.json({ user: userOf(req).userId });
  });
  return app;
}
