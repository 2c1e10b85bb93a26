const { Router } = require('@koa/router');
const Koa = require('koa');
const {
  assertGuarded,
  authErrorHandler,
  authenticate,
  requireScope,
  userOf,
} = require('@authly/koa');

exports.createApp = (options) => {
  const app = new Koa();
  app.use(authErrorHandler());
  app.use(authenticate(options));
  const router = new Router();
  router.get('/', requireScope('read:users'), (ctx) => {
    ctx.body = { user: userOf(ctx).userId };
  });
  app.use(router.routes());
  assertGuarded(app);
  return app.callback();
};
