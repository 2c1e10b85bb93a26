// #region server
import { createResourceServer } from '@authly/express';
import { okta } from '@authly/express/providers';

const issuer = okta('acme.okta.com', { authorizationServer: 'default' });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
