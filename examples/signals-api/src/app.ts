import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  memoryRevocations,
  mount,
  type Revocations,
  requireUser,
  userOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import { backChannelLogout, type SecurityEvent, securityEvents } from '@authly/signals';
import express, { type Express } from 'express';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The issuer, by its preset: `keycloak('https://sso.acme.com/realms/acme')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the issuer. */
  readonly audience: string;
  /** The client at the issuer whose back-channel logout URL is `/signals/logout` here. */
  readonly clientId: string;
  /** The stream of security events that was made for `/signals/events`, where the issuer offers them. */
  readonly stream?: { readonly audience: string; readonly authorization: string };
  /** Where marks are kept. Several processes need a store that they share. */
  readonly revocations?: Revocations;
  /** Called for every event, also for those that revoke nothing. */
  readonly onSecurityEvent?: (event: SecurityEvent) => void;
  readonly onEvent?: (event: AuthEvent) => void;
}

/** An API whose tokens end when their session ends at the issuer. */
export function createApp(options: AppOptions): Express {
  const { issuer, audience, clientId, stream, onSecurityEvent, onEvent } = options;
  const { revocations = memoryRevocations() } = options;
  const events = onEvent && { onEvent };

  const app = express();
  app.disable('x-powered-by');
  const open = ['/livez', '/signals/logout'];
  app.get('/livez', (_request, response) => {
    response.sendStatus(204);
  });

  // What the issuer sends is signed by itself and has no access token, so these routes come before `authenticate`.
  const logout = backChannelLogout({ issuer, clientId, revocations, ...events });
  app.post('/signals/logout', mount(logout));
  if (stream !== undefined) {
    const security = securityEvents({
      transmitters: [
        {
          issuer,
          // Keycloak's is `<client id>/<stream id>`, and only the first part is known before the stream is.
          audience: { prefix: `${stream.audience}/` },
          authorization: stream.authorization,
        },
      ],
      revocations,
      ...(onSecurityEvent && { onSecurityEvent }),
      ...events,
    });
    app.post('/signals/events', mount(security));
    open.push('/signals/events');
  }

  app.use(authenticate({ issuer, audience, revocation: { store: revocations }, ...events }));
  app.get('/me', requireUser(), (request, response) => {
    const { userId, sessionId } = userOf(request);
    response.json({ user: userId, session: sessionId });
  });

  app.use(authErrorHandler());
  assertGuarded(app, { open });
  return app;
}
