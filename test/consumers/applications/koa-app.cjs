const Koa = require('koa');
const { authenticate, findPrincipal, requireScope } = require('@authly/koa');

exports.createApp = (options) => {
  const app = new Koa();
  app.use(authenticate(options));
  app.use(requireScope('read:users'));
  app.use((ctx) => {
    ctx.body = { user: findPrincipal(ctx).userId };
  });
  return app.callback();
};
