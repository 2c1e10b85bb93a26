import {
  authenticate,
  createResourceServer,
  findPrincipal,
  requireUser,
  userOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

export function createApp(issuer: AudienceProvider, audience: string): Express {
  const app = express();
  const resourceServer = createResourceServer({ issuer, audience });
  // #region optional
  app.get('/articles', authenticate(resourceServer, { optional: true }), (req, res) => {
    const reader = findPrincipal(req);
    res.json({ drafts: reader !== undefined });
  });

  app.get('/me', authenticate(resourceServer), requireUser(), (req, res) => {
    res.json({ user: userOf(req).userId });
  });
  // #endregion
  return app;
}
