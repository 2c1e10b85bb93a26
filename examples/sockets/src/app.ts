import { createServer, type Server } from 'node:http';
import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  type Clock,
  createResourceServer,
  type EventStream,
  eventStream,
  fromSubprotocol,
  guardUpgrade,
  principalOf,
  type Revocations,
  requireScope,
  scope,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';
import { WebSocketServer } from 'ws';
import { joinChat } from './chat.ts';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset: `auth0('acme.eu.auth0.com')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** Where revocations are kept. With several processes: a store that they share, and that reports new marks. */
  readonly revocations: Revocations;
  /** The time, in tests. */
  readonly clock?: Clock;
  /** Called for every token that was accepted or refused, and for every connection that had to end. */
  readonly onEvent?: (event: AuthEvent) => void;
}

/** No message of a chat is longer. `ws` takes 100 MiB by default. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** An API with a chat over WebSockets at `/chat`, and news as server-sent events at `/news`. */
export function createApp({ issuer, audience, revocations, clock, onEvent }: AppOptions): Server {
  const resourceServer = createResourceServer({
    issuer,
    audience,
    revocation: { store: revocations },
    ...(clock && { clock }),
    ...(onEvent && { onEvent }),
  });
  const readers = new Set<EventStream>();
  const server = createServer(httpApp());
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  // A request to upgrade does not go through Express and its middleware.
  const chat = guardUpgrade(
    resourceServer,
    // Browsers cannot send Authorization: new WebSocket(url, ['chat.v1', `bearer.${token}`]).
    { requirement: scope('chat'), credentials: fromSubprotocol('bearer.') },
    (request, socket, head, admitted) =>
      sockets.handleUpgrade(request, socket, head, (ws) => joinChat(ws, sockets.clients, admitted)),
  );
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/chat') chat(request, socket, head);
    else socket.destroy();
  });
  server.on('close', () => resourceServer.close());
  return server;

  function httpApp(): Express {
    const app = express();
    app.disable('x-powered-by');
    app.use(authenticate(resourceServer));

    app.get('/news', requireScope('read:news'), (request, response) => {
      const stream = eventStream(request, response);
      readers.add(stream);
      stream.signal.addEventListener('abort', () => readers.delete(stream));
    });
    app.post('/news', requireScope('write:news'), express.text(), (request, response) => {
      for (const reader of readers) reader.send({ data: String(request.body) });
      response.sendStatus(202);
    });
    app.post('/log-out-everywhere', async (request, response) => {
      await revocations.revokePrincipal(principalOf(request).key);
      response.sendStatus(204);
    });

    app.use(authErrorHandler());
    assertGuarded(app);
    return app;
  }
}
