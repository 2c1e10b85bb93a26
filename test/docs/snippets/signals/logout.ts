// #region logout
import { authenticate, memoryRevocations, mount, requireUser, userOf } from '@authly/express';
import { keycloak } from '@authly/express/providers';
import { backChannelLogout } from '@authly/signals';
import express from 'express';

const issuer = keycloak('https://sso.acme.com/realms/acme');
const revocations = memoryRevocations();

const app = express();
app.post('/logout', mount(backChannelLogout({ issuer, clientId: 'web-app', revocations })));
app.use(authenticate({ issuer, audience: 'orders', revocation: { store: revocations } }));
app.get('/me', requireUser(), (req, res) => {
  res.json({ user: userOf(req).userId });
});

// #endregion

export { app };
