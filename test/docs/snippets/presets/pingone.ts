// #region server
import { createResourceServer } from '@authly/express';
import { pingone } from '@authly/express/providers';

const issuer = pingone('https://auth.pingone.eu/4d1e/as');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
