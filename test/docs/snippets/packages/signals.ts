import type { AudienceProvider } from '@authly/express/providers';

export function createApp(issuer: AudienceProvider) {
  // #region signals
  const revocations = memoryRevocations();
  const app = express();
  app.post('/logout', mount(backChannelLogout({ issuer, clientId: 'web-app', revocations })));
  app.use(authenticate({ issuer, audience: 'orders', revocation: { store: revocations } }));
  // #endregion
  return app;
}

// #region imports
import { authenticate, memoryRevocations, mount } from '@authly/express';
import { backChannelLogout } from '@authly/signals';
import express from 'express';
// #endregion
