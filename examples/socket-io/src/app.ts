import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import {
  type AdmittedConnection,
  type AuthEvent,
  type Clock,
  createResourceServer,
  guardUpgrade,
  type Revocations,
  scope,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import { Server, type Socket } from 'socket.io';

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

/**
 * A server of Socket.IO whose connections last as long as their tokens. Only WebSockets are allowed: with long
 * polling every request of a connection would have to be verified, and to come from the same caller.
 */
export function createApp({
  issuer,
  audience,
  revocations,
  clock,
  onEvent,
}: AppOptions): HttpServer {
  const resourceServer = createResourceServer({
    issuer,
    audience,
    revocation: { store: revocations },
    ...(clock && { clock }),
    ...(onEvent && { onEvent }),
  });
  const io = new Server({ transports: ['websocket'], serveClient: false });
  // By itself Socket.IO listens for upgrades and accepts everybody. So it is attached to a server that nobody can
  // reach, and its engine gets only the connections that were accepted here.
  io.attach(createServer());
  const admissions = new WeakMap<IncomingMessage, AdmittedConnection>();
  const connect = guardUpgrade(
    resourceServer,
    { requirement: scope('chat') },
    (request: IncomingMessage, socket, head, admitted) => {
      admissions.set(request, admitted);
      io.engine.handleUpgrade(request, socket, head);
    },
  );

  io.on('connection', (socket) => {
    const admitted = admissions.get(socket.request);
    if (admitted === undefined) socket.disconnect(true);
    else serve(socket, admitted);
  });

  const server = createServer((_request, response) => {
    response.writeHead(404).end();
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/socket.io/')) connect(request, socket, head);
    else socket.destroy();
  });
  server.on('close', () => {
    resourceServer.close();
    io.close().catch(() => {});
  });
  return server;
}

function serve(socket: Socket, { principal, lease }: AdmittedConnection): void {
  lease.onEnd(({ text }) => {
    socket.emit('session-ended', text);
    socket.disconnect(true);
  });
  lease.onRenewalDue(() => socket.emit('renewal-due'));
  // client: socket.emit('renew', token, ({ renewed }) => …)
  socket.on('renew', (token: unknown, answer: unknown) => {
    const tell = (renewed: boolean) => typeof answer === 'function' && answer({ renewed });
    lease.renew(typeof token === 'string' ? token : '').then(
      () => tell(true),
      () => tell(false),
    );
  });
  socket.on('say', (text: unknown) => {
    // Not String(text): for some values a client may send it throws, which would end the process.
    if (lease.ended === undefined && typeof text === 'string') {
      socket.nsp.emit('said', { by: principal.key, text });
    }
  });
}
