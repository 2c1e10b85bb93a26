import {
  authenticate,
  authenticationContext,
  authorize,
  claim,
  clientOf,
  principalOf,
  requireActor,
  requireAuthenticationContext,
  requireAuthorizationDetail,
  requireClient,
  requireUser,
  userOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express, type RequestHandler } from 'express';

const done: RequestHandler = (_request, response) => {
  response.sendStatus(204);
};

export function createApp(
  issuer: AudienceProvider,
  audience: string,
  orders: readonly { readonly owner: string }[],
): Express {
  const app = express();
  app.use(authenticate({ issuer, audience }));
  const [close, order, pay, report, transfer, exportAll] = [done, done, done, done, done, done];

  // #region key
  app.get('/orders', (req, res) => {
    const caller = principalOf(req);
    res.json(orders.filter(({ owner }) => owner === caller.key));
  });
  // #endregion

  // #region kind
  app.get('/whoami', (req, res) => {
    const caller = principalOf(req);
    if (caller.kind === 'client') res.json({ service: caller.clientId });
    else res.json({ user: caller.userId, app: caller.clientId });
  });

  app.get('/profile', requireUser(), (req, res) => {
    res.json({ profileOf: userOf(req).userId });
  });

  app.post('/import', requireClient('nightly-sync'), (req, res) => {
    res.json({ importedBy: clientOf(req).clientId });
  });
  // #endregion

  // #region agents
  // The user in person.
  app.delete('/account', requireUser({ viaActor: 'refuse' }), close);

  // The user in person, or through this agent.
  app.post('/orders', requireUser({ viaActor: ['shopping-agent'] }), order);

  // The user through this agent only. An agent may act for a machine, too: both guards are needed.
  app.post('/drafts', requireUser(), requireActor('shopping-agent'), (req, res) => {
    const { userId, actor } = userOf(req);
    res.json({ draftOf: userId, by: actor?.subject ?? actor?.clientId });
  });
  // #endregion

  // #region step-up
  app.post(
    '/payments',
    requireAuthenticationContext({ acr: ['phr', 'phrh'], maxAgeSec: 300, clients: 'refuse' }),
    pay,
  );

  // Users who signed in within the hour, and any machine.
  app.get(
    '/report',
    authorize(authenticationContext({ maxAgeSec: 3600, clients: 'allow' })),
    report,
  );
  // #endregion

  // #region details
  app.post(
    '/transfers',
    requireAuthorizationDetail(
      'payment_initiation',
      ({ currency, limit }) => currency === 'EUR' && typeof limit === 'number' && limit >= 100,
    ),
    transfer,
  );
  // #endregion

  // #region claim
  app.get('/export', authorize(claim(({ plan }) => plan === 'pro', 'plan pro')), exportAll);
  // #endregion
  return app;
}
