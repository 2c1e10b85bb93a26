// #region nothing-kept
import { createResourceServer } from '@authly/koa';
import { auth0 } from '@authly/koa/providers';

const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  // Every token is verified completely each time, and on the calling thread.
  cache: false,
  signatureThread: false,
});

// #endregion

export { resourceServer };
