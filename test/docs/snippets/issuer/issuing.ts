import express from 'express';

const app = express();

// #region issuer
import { mount } from '@authly/express';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';

// The secret goes to its owner once, the hash is stored.
const { secret, hash } = generateClientSecret();

const issuer = createIssuer({
  issuer: 'https://auth.acme.com',
  // Made once and stored: every process of the issuer needs the same key.
  keys: [await generateSigningKey()],
  clients: memoryClientStore([
    {
      clientId: 'nightly-sync',
      secretHashes: [hash],
      scopes: ['read:users'],
      audiences: ['https://api.acme.com'],
    },
  ]),
});

// At the root: POST /token, GET /jwks, and the metadata under /.well-known.
app.use(mount(issuer.handler));
// #endregion

// #region user-token
const { accessToken } = await issuer.userToken({
  identity: { provider: 'google', externalId: '110169484474386276334', email: 'ada@acme.com' },
  include: { email: true },
  clientId: 'web-app',
  audience: 'https://api.acme.com',
  scopes: ['read:users'],
});

// #endregion

export { accessToken, app, issuer, secret };
