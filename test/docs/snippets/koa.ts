// #region koa
import {
  assertGuarded,
  authErrorHandler,
  authenticate,
  principalOf,
  requireScope,
} from '@authly/koa';
import { auth0 } from '@authly/koa/providers';
import { Router } from '@koa/router';
import Koa from 'koa';

const app = new Koa();
app.use(authErrorHandler()); // answers errors by which a handler refuses, such as that of userOf
app.use(authenticate({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' }));

const router = new Router();
router.get('/users', requireScope('read:users'), (ctx) => {
  const caller = principalOf(ctx);
  if (caller.kind === 'client') ctx.body = { service: caller.clientId };
  else ctx.body = { user: caller.userId, app: caller.clientId };
});

app.use(router.routes());
assertGuarded(app); // throws at start-up where a route can be reached past the guards

// #endregion

export { app };
