const secretOfTheStream = 'the-secret-of-the-stream';
const queue: { readonly type: string; readonly subject: unknown }[] = [];

// #region events
import { authenticate, memoryRevocations, mount, requireUser, userOf } from '@authly/koa';
import { keycloak } from '@authly/koa/providers';
import { securityEvents } from '@authly/signals';
import { Router } from '@koa/router';
import Koa from 'koa';

const issuer = keycloak('https://sso.acme.com/realms/acme');
const revocations = memoryRevocations();
const events = securityEvents({
  transmitters: [
    {
      issuer,
      audience: { prefix: 'ssf-receiver/' }, // Keycloak's `aud` is <client id>/<stream id>.
      authorization: `Bearer ${secretOfTheStream}`,
    },
  ],
  revocations,
  onSecurityEvent({ type, subject }) {
    if (type.endsWith('/credential-change')) queue.push({ type, subject });
  },
});

const router = new Router();
router.post('/events', mount(events));
router.get('/me', authenticate({ issuer, audience: 'orders', revocation: { store: revocations } }));
router.get('/me', requireUser(), (ctx) => {
  ctx.body = { user: userOf(ctx).userId };
});

const app = new Koa();
app.use(router.routes());

// #endregion

export { app, queue, secretOfTheStream };
