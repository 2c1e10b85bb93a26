import {
  authenticate,
  createResourceServer,
  memoryReplayStore,
  principalOf,
  requireScope,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** An API where payments take a bound token, and everything else takes any. */
export function createApp(issuer: AudienceProvider): Express {
  // #region required-routes
  const replay = memoryReplayStore();
  const common = { issuer, audience: 'https://api.acme.com' };
  const anyToken = createResourceServer({ ...common, dpop: { mode: 'when-bound', replay } });
  const boundOnly = createResourceServer({ ...common, dpop: { mode: 'required', replay } });

  const app = express();
  app.use(authenticate(anyToken));
  app.get('/payments', requireScope('payments'), (request, response) => {
    response.json({ of: principalOf(request).key });
  });
  app.post('/payments', authenticate(boundOnly), requireScope('payments'), (_request, response) => {
    response.sendStatus(201);
  });
  // #endregion
  return app;
}
