// #region server
import { createResourceServer } from '@authly/express';
import { keycloak } from '@authly/express/providers';

const issuer = keycloak('https://sso.acme.com/realms/acme');
const resourceServer = createResourceServer({ issuer, audience: 'orders-api' });

// #endregion

export { issuer, resourceServer };
