import { type AuthEvent, createResourceServer } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const refusals: AuthEvent[] = [];
const log = { warn: (event: AuthEvent) => refusals.push(event) };

// #region events
const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  onEvent: (event) => {
    // { type: 'request.refused', code: 'forbidden', reason: 'user_required',
    //   issuerName: …, kind: 'client', requirement: 'user' }
    if (event.type !== 'request.authenticated') log.warn(event);
  },
});
// #endregion

async function why(token: string) {
  // #region explain
  const { steps, rule, claims } = await resourceServer.explain(token, { reveal: ['iss', 'aud'] });
  const failed = steps.find(({ outcome }) => outcome === 'fail');
  // #endregion
  return { rule, claims, failed };
}

export { refusals, resourceServer, why };
