import {
  authenticate,
  createResourceServer,
  describeRequirements,
  openapiSecurity,
  protectedResourceMetadata,
  requireScope,
  requireUser,
  userOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express, Router } from 'express';

export function createApp(issuer: AudienceProvider): Express {
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    // The URL as clients write it; the audience will do where it is that URL.
    resource: 'https://api.acme.com/v1',
  });

  const orders = Router();
  orders.get('/', requireScope('read:orders'), (_req, res) => {
    res.json([]);
  });
  orders.post('/', requireScope('write:orders'), requireUser(), (req, res) => {
    res.status(201).json({ by: userOf(req).userId });
  });

  const described = describeRequirements(orders, {
    base: '/v1/orders',
    before: [authenticate(resourceServer)],
  });

  const app = express();
  app.use(
    protectedResourceMetadata(resourceServer, {
      name: 'Orders',
      documentation: 'https://docs.acme.com/orders',
      requirements: described.flatMap((route) => route.requirements),
    }),
  );
  app.get('/openapi.json', (_req, res) => {
    const { components, paths, omitted } = openapiSecurity(described, {
      scheme: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://auth.acme.com/token' } },
      },
      scopeDescriptions: { 'read:orders': 'See orders' },
    });
    if (omitted.length > 0) throw new Error(omitted.map(({ why }) => why).join('\n'));
    const info = { title: 'Orders', version: '1.0.0' };
    res.json({ openapi: '3.1.0', info, components, paths });
  });
  app.use(authenticate(resourceServer));
  app.use('/v1/orders', orders);
  return app;
}
