// #region upgrade
import { createServer } from 'node:http';
import {
  authenticate,
  closeWithLease,
  createResourceServer,
  eventStream,
  fromSubprotocol,
  guardUpgrade,
  memoryRevocations,
  requireScope,
  scope,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express from 'express';
import { WebSocketServer } from 'ws';

const revocations = memoryRevocations();
const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  revocation: { store: revocations },
});
const app = express();
app.use(authenticate(resourceServer));

const server = createServer(app);
const wss = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
server.on(
  'upgrade',
  guardUpgrade(
    resourceServer,
    { requirement: scope('chat'), credentials: fromSubprotocol('bearer.') },
    (req, socket, head, { principal, lease }) =>
      wss.handleUpgrade(req, socket, head, (ws) => {
        closeWithLease(ws, lease);
        ws.on('error', () => ws.terminate());
        ws.on('message', (data) => ws.send(`${principal.key}: ${data}`));
      }),
  ),
);
// #endregion

// #region stream
app.get('/feed', requireScope('feed'), (req, res) => {
  const stream = eventStream(req, res);
  const timer = setInterval(() => stream.send({ data: 'tick' }), 1_000);
  stream.signal.addEventListener('abort', () => clearInterval(timer));
});

// #endregion

export { resourceServer, revocations, server };
