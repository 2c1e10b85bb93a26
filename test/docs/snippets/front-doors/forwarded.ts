import { type AudienceProvider, authenticate, fromHeader, userOf } from '@authly/koa';
import { Router } from '@koa/router';
import Koa from 'koa';

export function createApp(issuer: AudienceProvider): Koa {
  const app = new Koa();
  // #region forwarded
  const credentials = fromHeader('x-forwarded-access-token', {
    origins: ['https://app.acme.com'],
  });
  app.use(authenticate({ issuer, audience: 'https://api.acme.com' }, { credentials }));
  // #endregion
  const router = new Router();
  router.all('/me', (ctx) => {
    ctx.body = { user: userOf(ctx).userId };
  });
  app.use(router.routes());
  return app;
}
