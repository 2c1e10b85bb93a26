// #region socket-io
import { isAuthError, type Principal, type ResourceServer } from '@authly/core';
import type { Namespace, Server } from 'socket.io';

interface SocketData {
  caller: Principal;
}

type Events = Record<string, (...values: unknown[]) => void>;

/** Lets in sockets that bring an access token: `io(url, { auth: { token } })`. Call it before `io.of(…)`. */
export function authenticateSockets(
  io: Server<Events, Events, Events, SocketData>,
  resourceServer: ResourceServer,
): void {
  guard(io.of('/'));
  // `io.use` guards only the namespace `/`, and clients connect to any other without it.
  io.on('new_namespace', guard);

  function guard(namespace: Namespace<Events, Events, Events, SocketData>): void {
    namespace.use((socket, next) => {
      const { token } = socket.handshake.auth;
      resourceServer.verify(typeof token === 'string' ? token : '').then(
        (caller) => {
          socket.data.caller = caller;
          next();
        },
        (error: unknown) => next(refused(error)),
      );
    });
    namespace.on('connection', (socket) => {
      // The token was checked once. The socket must not live longer than the token.
      const leftMs = socket.data.caller.expiresAt * 1000 - Date.now();
      const timer = setTimeout(() => socket.disconnect(true), Math.min(leftMs, 2 ** 31 - 1));
      socket.on('disconnect', () => clearTimeout(timer));
    });
  }
}

/** The client gets the message and `data`. The reason is for your log: see `onEvent`. */
function refused(error: unknown): Error {
  if (!isAuthError(error)) return new Error('Internal server error');
  const data = { error: error.code, error_description: error.message };
  return Object.assign(new Error(error.message), { data });
}
// #endregion
