// #region first-try
import { authErrorHandler, authenticate, mount, principalOf, requireScope } from '@authly/express';
import { authly } from '@authly/express/providers';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  memoryClientStore,
} from '@authly/issuer';
import express from 'express';

// One process on one machine: the issuer, and an API that accepts its tokens.
const url = 'http://localhost:4000';
const audience = 'https://api.acme.com';
const { secret, hash } = generateClientSecret();
const issuer = createIssuer({
  issuer: url,
  keys: [await generateSigningKey()],
  clients: memoryClientStore([
    {
      clientId: 'nightly-sync',
      secretHashes: [hash],
      scopes: ['read:users'],
      audiences: [audience],
    },
  ]),
});

const app = express();
app.use(mount(issuer.handler));
app.use(authenticate({ issuer: authly({ issuer: url, jwks: issuer.jwks() }), audience }));
app.get('/users', requireScope('read:users'), (req, res) => {
  const { kind, clientId } = principalOf(req);
  res.json({ kind, clientId });
});
app.use(authErrorHandler());

// #endregion

export { app, secret };
