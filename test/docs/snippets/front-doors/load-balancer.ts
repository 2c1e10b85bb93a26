import { type AudienceProvider, authenticate, fromHeader, userOf } from '@authly/koa';
import { Router } from '@koa/router';
import Koa from 'koa';

export function createApp(issuer: AudienceProvider): Koa {
  const app = new Koa();
  // #region load-balancer
  const credentials = fromHeader('x-amzn-oidc-accesstoken', {
    origins: ['https://app.acme.com'],
  });
  app.use(authenticate({ issuer, audience: 'https://api.acme.com' }, { credentials }));
  // #endregion
  const router = new Router();
  router.get('/me', (ctx) => {
    ctx.body = { user: userOf(ctx).userId };
  });
  app.use(router.routes());
  return app;
}
