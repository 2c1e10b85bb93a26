import { authErrorHandler, authenticate, principalOf, requireScope } from '@authly/express';
import { rfc9068 } from '@authly/express/providers';
import express, { type Express } from 'express';
import { describeCaller } from './describe-caller.ts';
import type { Downstream, ServiceOptions } from './service.ts';

/** The API that users call (Express). For each order it calls the billing API for the user. */
export function createOrdersApi(
  { issuer, url, print }: ServiceOptions,
  billing: Downstream,
): Express {
  const app = express();
  app.use(authenticate({ issuer: rfc9068({ issuer }), audience: url }));

  app.get('/orders/:id', requireScope('read:orders'), async (request, response) => {
    print(`orders:  ${describeCaller(principalOf(request))}`);
    // Not the user's own token: that one is for this API.
    const invoice = await billing.tokens
      .onBehalfOf(request)
      .fetch(`${billing.url}/invoices/${request.params['id']}`);
    response
      .status(invoice.status)
      .json({ order: request.params['id'], invoice: await invoice.json() });
  });

  // As the service itself, not for a user.
  app.get('/health/billing', async (_request, response) => {
    const answer = await billing.tokens.fetch(`${billing.url}/health`);
    response.status(answer.status).json(await answer.json());
  });

  app.use(authErrorHandler());
  return app;
}
