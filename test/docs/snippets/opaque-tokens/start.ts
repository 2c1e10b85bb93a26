// #region start
import { authErrorHandler, authenticate, clientSecretBasic, principalOf } from '@authly/express';
import { oidcProvider } from '@authly/express/providers';
import express from 'express';

const app = express();
app.use(
  authenticate({
    issuer: oidcProvider({ issuer: 'https://op.acme.com', subjectNamespaces: 'disjoint' }),
    audience: 'https://api.acme.com',
    introspection: {
      client: clientSecretBasic('orders-api', process.env['INTROSPECTION_SECRET'] ?? ''),
    },
  }),
);
app.get('/me', (request, response) => {
  const { kind, clientId, source } = principalOf(request);
  response.json({ kind, clientId, source });
});
app.use(authErrorHandler());

// #endregion

export { app };
