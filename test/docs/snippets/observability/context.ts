// #region context
import { AsyncLocalStorage } from 'node:async_hooks';
import { authenticate, createResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

const requestId = new AsyncLocalStorage<string>();

export function createApp(issuer: AudienceProvider, log: (line: object) => void): Express {
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    onEvent: (event) => {
      const isAboutRequest = event.type.startsWith('request.');
      log({ ...event, requestId: isAboutRequest ? requestId.getStore() : undefined });
    },
  });
  const app = express();
  // Before `authenticate`, so that everything after it runs in the context of its request.
  app.use((req, _res, next) => requestId.run(req.get('x-request-id') ?? '', next));
  app.use(authenticate(resourceServer));
  return app;
}
// #endregion
