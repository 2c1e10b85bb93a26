import { authErrorHandler, authenticate, principalOf, requireScope } from '@authly/koa';
import { rfc9068 } from '@authly/koa/providers';
import Koa from 'koa';
import { describeCaller } from './describe-caller.ts';
import type { Downstream, ServiceOptions } from './service.ts';

/** The API in the middle (Koa): it is called for a user, and calls the ledger for the same user. */
export function createBillingApi({ issuer, url, print }: ServiceOptions, ledger: Downstream): Koa {
  const app = new Koa();
  app.use(authErrorHandler());
  app.use(authenticate({ issuer: rfc9068({ issuer }), audience: url }));
  app.use(requireScope('read:invoices'));
  app.use(async (ctx) => {
    print(`billing: ${describeCaller(principalOf(ctx))}`);
    if (ctx.path === '/health') {
      ctx.body = { healthy: true };
      return;
    }
    const entry = await ledger.tokens
      .onBehalfOf(ctx)
      .fetch(`${ledger.url}/entries/${ctx.path.split('/').at(-1)}`);
    ctx.status = entry.status;
    ctx.body = { entry: await entry.json() };
  });
  return app;
}
