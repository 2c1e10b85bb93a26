import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  clientSecretBasic,
  principalOf,
  requireScope,
  requireUser,
  userOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset: `keycloak('https://sso.acme.com/realms/acme')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** This API's own client there, which asks about tokens but gets no tokens itself. */
  readonly client: { readonly id: string; readonly secret: string };
  /** Called for every token that was accepted or refused, and when the server does not answer. */
  readonly onEvent?: (event: AuthEvent) => void;
}

const READY_WITHIN_MS = 2_000;

/** An API for opaque access tokens and JWTs of one issuer. Its routes do not see the difference. */
export function createApp({ issuer, audience, client, onEvent }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  const authenticated = authenticate({
    issuer,
    audience,
    introspection: {
      client: clientSecretBasic(client.id, client.secret),
      // A token that was revoked at the server is refused here after half a minute at most.
      cache: { activeForSec: 30 },
    },
    ...(onEvent && { onEvent }),
  });

  app.get('/livez', (_request, response) => {
    response.sendStatus(204);
  });
  app.get('/readyz', async (_request, response) => {
    const signal = AbortSignal.timeout(READY_WITHIN_MS);
    const isReady = await authenticated.resourceServer.ready({ signal }).then(
      () => true,
      () => false,
    );
    response.sendStatus(isReady ? 204 : 503);
  });

  app.use(authenticated);
  app.get('/me', requireUser(), (request, response) => {
    const { userId, clientId, source } = userOf(request);
    response.json({ user: userId, via: clientId, source });
  });
  app.get('/orders', requireScope('read:orders'), (request, response) => {
    const { kind, scopes } = principalOf(request);
    response.json({ for: kind, scopes });
  });

  // A server that is down is a 503 with Retry-After here, and never a 401.
  app.use(authErrorHandler());
  assertGuarded(app, { open: ['/livez', '/readyz'] });
  return app;
}
