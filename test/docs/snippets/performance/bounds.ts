// #region bounds
import { authenticate } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const guard = authenticate({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  // 50,000 callers at once, each with a token of 1.2 KB: room for all of them.
  cache: { maxEntries: 50_000, maxBytes: 160 * 1024 * 1024 },
});

// #endregion

export { guard };
