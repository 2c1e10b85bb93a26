import type { ResourceServer } from '@authly/koa';
// #region koa
import { authenticate, eventStream, requireScope } from '@authly/koa';
import { Router } from '@koa/router';
import Koa from 'koa';

export function createApp(resourceServer: ResourceServer): Koa {
  const app = new Koa();
  app.use(authenticate(resourceServer));
  const router = new Router();
  router.get('/feed', requireScope('feed'), (ctx) => {
    const stream = eventStream(ctx);
    stream.send({ event: 'greeting', data: 'hello', id: '1' });
  });
  app.use(router.routes());
  return app;
}
// #endregion
