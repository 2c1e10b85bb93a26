import {
  authenticate,
  createResourceServer,
  describeRequirements,
  protectedResourceMetadata,
  requireScope,
  requireUser,
} from '@authly/koa';
import type { AudienceProvider } from '@authly/koa/providers';
import { Router } from '@koa/router';
import Koa from 'koa';

export function createApp(issuer: AudienceProvider): Koa {
  const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

  // Sensitive: or a request to /ORDERS would find the routes, but not what `router.use` adds.
  const router = new Router({ prefix: '/orders', sensitive: true });
  router.use(requireScope('read:orders'));
  router.get('/', (ctx) => {
    ctx.body = [];
  });
  router.post('/', requireScope('write:orders'), requireUser(), (ctx) => {
    ctx.status = 201;
    ctx.body = { by: ctx.state.principal.userId };
  });

  const app = new Koa();
  app.use(protectedResourceMetadata(resourceServer));
  app.use(authenticate(resourceServer));
  app.use(router.routes());

  for (const { method, path, requirements, unknown, warnings } of describeRequirements(app)) {
    const needs = requirements.map(({ description }) => description).join(', ');
    app.emit('route', [method, path, needs, ...unknown, ...warnings].join(' | '));
  }
  return app;
}
