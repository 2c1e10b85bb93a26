import { authenticate, memoryReplayStore, principalOf } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** One process that serves a host of its own to each tenant. */
export function createApp(issuer: AudienceProvider): Express {
  // #region tenants
  const replay = memoryReplayStore();
  const guards = new Map(
    ['acme.orders.example', 'globex.orders.example'].map((host) => {
      const url = `https://${host}`;
      const dpop = { mode: 'required', publicUrls: url, replay } as const;
      return [host, authenticate({ issuer, audience: url, dpop })];
    }),
  );

  const app = express();
  app.use((request, response, next) => {
    // `Host` chooses who asks. The server that it chooses accepts its own URL and audience alone.
    const guard = guards.get(request.headers.host ?? '');
    if (guard === undefined) response.sendStatus(421);
    else guard(request, response, next);
  });
  // #endregion
  app.get('/me', (request, response) => void response.json(principalOf(request).key));
  return app;
}
