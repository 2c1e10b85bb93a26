import { authenticate, DPOP_CORS, principalOf } from '@authly/koa';
import type { AudienceProvider } from '@authly/koa/providers';
import cors from '@koa/cors';
import Koa from 'koa';

/** An API on Koa that web pages of another origin call. */
export function createApp(issuer: AudienceProvider): Koa {
  // #region browsers-koa
  const app = new Koa();
  app.use(
    cors({
      origin: 'https://app.acme.com',
      allowHeaders: DPOP_CORS.allowedHeaders,
      exposeHeaders: DPOP_CORS.exposedHeaders,
    }),
  );
  app.use(authenticate({ issuer, audience: 'https://api.acme.com', dpop: 'required' }));
  // #endregion
  app.use((context) => {
    context.body = { key: principalOf(context).key };
  });
  return app;
}
