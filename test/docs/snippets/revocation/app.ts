// #region app
import {
  authenticate,
  createResourceServer,
  memoryRevocations,
  requireScope,
  requireUser,
  userOf,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express from 'express';

const revocations = memoryRevocations();
const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  revocation: { store: revocations },
});

const app = express();
app.use(authenticate(resourceServer));
app.get('/me', requireUser(), (req, res) => {
  res.json({ user: userOf(req).userId });
});
app.post('/log-out-everywhere', requireUser(), async (req, res) => {
  await revocations.revokePrincipal(userOf(req).key);
  res.sendStatus(204);
});
// #endregion

// #region operators
app.post('/sessions/:id/end', requireScope('admin:sessions'), async (req, res) => {
  const issuer = 'https://acme.eu.auth0.com/';
  const sessionId = String(req.params['id']);
  await revocations.revokeSession({ issuer, sessionId });
  res.sendStatus(204);
});
app.delete('/revocations/users/:sub', requireScope('admin:sessions'), async (req, res) => {
  const issuer = 'https://acme.eu.auth0.com/';
  const subject = String(req.params['sub']);
  const found = await revocations.clear({ kind: 'subject', issuer, subject });
  res.sendStatus(found ? 204 : 404);
});

// #endregion

export { app, revocations };
