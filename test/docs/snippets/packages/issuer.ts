// #region issuer
import { mount } from '@authly/express';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';
import express from 'express';

const { secret, hash } = generateClientSecret();
const issuer = createIssuer({
  issuer: 'https://auth.acme.com',
  keys: [await generateSigningKey()],
  clients: memoryClientStore([
    {
      clientId: 'nightly-sync',
      secretHashes: [hash],
      scopes: ['read:orders'],
      audiences: ['https://api.acme.com'],
    },
  ]),
});

const app = express();
app.use(mount(issuer.handler));

// #endregion

export { app, secret };
