// #region express
import {
  assertGuarded,
  authErrorHandler,
  authenticate,
  principalOf,
  requireScope,
} from '@authly/express';
import { auth0 } from '@authly/express/providers';
import express from 'express';

const app = express();
app.use(authenticate({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' }));

app.get('/users', requireScope('read:users'), (req, res) => {
  const caller = principalOf(req);
  if (caller.kind === 'client') res.json({ service: caller.clientId });
  else res.json({ user: caller.userId, app: caller.clientId });
});

app.use(authErrorHandler()); // answers errors by which a handler refuses, such as that of userOf
assertGuarded(app); // throws at start-up where a route can be reached past the guards

// #endregion

export { app };
