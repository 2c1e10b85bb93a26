// #region express
import { authErrorHandler, authenticate } from '@authly/express';
import { keycloak } from '@authly/express/providers';
import express from 'express';
import { billing } from './first.ts';

const app = express();
app.use(
  authenticate({
    issuer: keycloak({ issuer: 'https://sso.acme.com/realms/acme' }),
    audience: 'https://orders.acme.com',
  }),
);
app.get('/orders/:id', async (request, response) => {
  const invoice = await billing
    .onBehalfOf(request)
    .fetch(`https://billing.acme.com/invoices/${request.params['id']}`);
  response.status(invoice.status).json(await invoice.json());
});
app.use(authErrorHandler());

// #endregion

export { app };
