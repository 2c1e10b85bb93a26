// #region server
import { createResourceServer } from '@authly/express';
import { kubernetes } from '@authly/express/providers';

const issuer = kubernetes({
  issuer: 'https://oidc.cluster.acme.com',
  name: 'production',
  keyBy: 'uid',
  maxLifetimeSec: 3600,
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
