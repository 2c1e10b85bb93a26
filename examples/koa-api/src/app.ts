import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  principalOf,
  requireClient,
  requireScope,
  requireUser,
  userOf,
} from '@authly/koa';
import type { AudienceProvider } from '@authly/koa/providers';
import { Router } from '@koa/router';
import Koa from 'koa';
import { type AccessLogEntry, accessLog } from './access-log.ts';
import { claimsSchema } from './claims.ts';
import { createOrders } from './orders.ts';

export type { AccessLogEntry } from './access-log.ts';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset: `auth0('acme.eu.auth0.com')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** Called for every token that was accepted or refused, with the reason. */
  readonly onEvent?: (event: AuthEvent) => void;
  /** Called for every answered request. */
  readonly log?: (entry: AccessLogEntry) => void;
}

const READY_WITHIN_MS = 2_000;

/** An API for users and machines, which see their own data. */
export function createApp({ issuer, audience, onEvent, log = () => {} }: AppOptions): Koa {
  const app = new Koa();
  const orders = createOrders();
  const authenticated = authenticate({
    issuer,
    audience,
    claims: claimsSchema,
    ...(onEvent && { onEvent }),
  });
  const { resourceServer } = authenticated;

  app.use(accessLog(log));
  app.use(authErrorHandler());

  // Probes carry no token. Not ready means that the issuer's keys cannot be fetched: no traffic yet.
  const probes = new Router();
  probes.get('/livez', (ctx) => {
    ctx.status = 204;
  });
  probes.get('/readyz', async (ctx) => {
    try {
      await resourceServer.ready({ signal: AbortSignal.timeout(READY_WITHIN_MS) });
      ctx.status = 204;
    } catch {
      ctx.status = 503;
    }
  });
  app.use(probes.routes());

  // On the app: on a router with a prefix, a path in another case could get past it.
  app.use(authenticated);
  const router = new Router();

  // Users only, so that userOf gives one.
  router.get('/me', requireUser(), (ctx) => {
    const { userId, clientId, scopes, claims } = userOf(ctx);
    const { tenant_id: tenant } = claims;
    ctx.body = { user: userId, via: clientId, tenant, scopes };
  });

  // Users see their own orders, machines see all.
  router.get('/orders', requireScope('read:orders'), (ctx) => {
    const caller = principalOf(ctx);
    ctx.body = caller.kind === 'user' ? orders.placedBy(caller.key) : orders.all();
  });

  // All guards must pass, and a challenge names the scopes of all of them.
  router.post('/orders', requireUser(), requireScope('write:orders'), (ctx) => {
    ctx.status = 201;
    ctx.body = orders.place(principalOf(ctx).key);
  });

  router.post('/export', requireClient('nightly-sync'), (ctx) => {
    ctx.status = 202;
    ctx.body = { exported: orders.all().length };
  });

  // Users only, too: without a guard, `userOf` throws for a machine, and the error is answered above.
  router.get('/orders/mine', (ctx) => {
    ctx.body = orders.placedBy(userOf(ctx).key);
  });

  app.use(router.routes()).use(router.allowedMethods());
  // A route that anybody can reach fails the start, unless it is named here.
  assertGuarded(app, { open: ['/livez', '/readyz'] });
  return app;
}
