import {
  allOf,
  anyOf,
  authenticate,
  authorize,
  client,
  requireAuthenticationContext,
  requireUser,
  role,
  scope,
  user,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express, type RequestHandler } from 'express';

const done: RequestHandler = (_request, response) => {
  response.sendStatus(204);
};

export function createApp(issuer: AudienceProvider, audience: string): Express {
  const app = express();
  app.use(authenticate({ issuer, audience }));
  const [cancel, run, pay] = [done, done, done];
  // #region guards
  // The user in person, not an agent on the user's behalf.
  const inPerson = user({ viaActor: 'refuse' });
  app.delete('/orders/:id', authorize(allOf(inPerson, scope('write:orders'))), cancel);

  app.post('/export', authorize(anyOf(client('nightly-sync'), role('admin'))), run);

  // One guard after another: each must let the request pass.
  app.post(
    '/payments',
    requireUser(),
    requireAuthenticationContext({ acr: ['urn:acme:mfa'], maxAgeSec: 300, clients: 'refuse' }),
    pay,
  );
  // #endregion
  return app;
}
