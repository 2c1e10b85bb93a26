// #region express
import { authenticate, principalOf, requireScope } from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express from 'express';

const app = express();
app.use(authenticate({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' }));

app.get('/users', requireScope('read:users'), (req, res) => {
  const caller = principalOf(req);
  if (caller.kind === 'client') res.json({ service: caller.clientId });
  else res.json({ user: caller.userId, app: caller.clientId });
});

// #endregion

export { app };
