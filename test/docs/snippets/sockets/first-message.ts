import type { ResourceServer } from '@authly/express';
// #region first-message
import { firstMessage, scope } from '@authly/express';
import { WebSocketServer } from 'ws';

export function acceptSockets(resourceServer: ResourceServer, port: number): WebSocketServer {
  const wss = new WebSocketServer({ port, host: '127.0.0.1', maxPayload: 64 * 1024 });
  wss.on(
    'connection',
    firstMessage(resourceServer, { requirement: scope('chat') }, (ws, _req, { principal }) => {
      ws.send(`hello ${principal.key}`);
    }),
  );
  return wss;
}
// #endregion
