import { authErrorHandler, authenticate, principalOf, requireScope } from '@authly/koa';
import { rfc9068 } from '@authly/koa/providers';
import Koa from 'koa';
import { describeCaller } from './describe-caller.ts';
import type { ServiceOptions } from './service.ts';

/** The API at the end: it knows the user, and every service on the way. */
export function createLedgerApi({ issuer, url, print }: ServiceOptions): Koa {
  const app = new Koa();
  app.use(authErrorHandler());
  app.use(authenticate({ issuer: rfc9068({ issuer }), audience: url }));
  app.use(requireScope('read:entries'));
  app.use((ctx) => {
    print(`ledger:  ${describeCaller(principalOf(ctx))}`);
    ctx.body = { amount: 4200, seenBy: principalOf(ctx).key };
  });
  return app;
}
