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
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';
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
export function createApp({ issuer, audience, onEvent, log = () => {} }: AppOptions): Express {
  const app = express();
  const orders = createOrders();
  const authenticated = authenticate({
    issuer,
    audience,
    claims: claimsSchema,
    ...(onEvent && { onEvent }),
  });
  const { resourceServer } = authenticated;

  app.disable('x-powered-by');
  app.use(accessLog(log));

  // Probes carry no token. Not ready means that the issuer's keys cannot be fetched: no traffic yet.
  app.get('/livez', (_request, response) => {
    response.sendStatus(204);
  });
  app.get('/readyz', async (_request, response) => {
    try {
      await resourceServer.ready({ signal: AbortSignal.timeout(READY_WITHIN_MS) });
      response.sendStatus(204);
    } catch {
      response.sendStatus(503);
    }
  });

  app.use(authenticated);

  // Users only, so that userOf gives one.
  app.get('/me', requireUser(), (request, response) => {
    const { userId, clientId, scopes, claims } = userOf(request);
    const { tenant_id: tenant } = claims;
    response.json({ user: userId, via: clientId, tenant, scopes });
  });

  // Users see their own orders, machines see all.
  app.get('/orders', requireScope('read:orders'), (request, response) => {
    const caller = principalOf(request);
    response.json(caller.kind === 'user' ? orders.placedBy(caller.key) : orders.all());
  });

  // All guards must pass, and a challenge names the scopes of all of them.
  app.post('/orders', requireUser(), requireScope('write:orders'), (request, response) => {
    response.status(201).json(orders.place(principalOf(request).key));
  });

  app.post('/export', requireClient('nightly-sync'), (_request, response) => {
    response.status(202).json({ exported: orders.all().length });
  });

  // Users only, too: without a guard, `userOf` throws for a machine, and the error is answered below.
  app.get('/orders/mine', (request, response) => {
    response.json(orders.placedBy(userOf(request).key));
  });

  app.use(authErrorHandler());
  // A route that anybody can reach fails the start, unless it is named here.
  assertGuarded(app, { open: ['/livez', '/readyz'] });
  return app;
}
