import { type AudienceProvider, principalOf, scope, user, userOf } from '@authly/core';
import { fastify } from 'fastify';
import { authenticate, authorize } from './adapter.ts';

/** The application of docs/frameworks.md. */
export function createApp(issuer: AudienceProvider) {
  // #region app
  const app = fastify();
  app.addHook('onRequest', authenticate({ issuer, audience: 'https://api.acme.com' }));

  app.get('/users', { preHandler: authorize(scope('read:users')) }, async (request) => {
    const caller = principalOf(request);
    if (caller.kind === 'client') return { service: caller.clientId };
    return { user: caller.userId, app: caller.clientId };
  });

  app.get('/me', { preHandler: authorize(user()) }, async (request) => ({
    user: userOf(request).userId,
  }));
  // #endregion
  return app;
}
