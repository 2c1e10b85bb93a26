// #region koa
import { authenticate, principalOf, requireScope } from '@authly/koa';
import { auth0 } from '@authly/koa/providers';
import Koa from 'koa';

const app = new Koa();
app.use(authenticate({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' }));
app.use(requireScope('read:users'));

app.use((ctx) => {
  const caller = principalOf(ctx);
  if (caller.kind === 'client') ctx.body = { service: caller.clientId };
  else ctx.body = { user: caller.userId, app: caller.clientId };
});

// #endregion

export { app };
