// #region options
import { authenticate } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const guard = authenticate({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  // Withdrawn keys stop verifying after 5 minutes instead of up to an hour; an outage of 24 h is borne.
  keys: { freshForMaxSec: 300, freshForSec: 300, staleForSec: 86_400 },
});

// #endregion

export { guard };
