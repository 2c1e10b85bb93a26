// #region server
import { createResourceServer } from '@authly/express';
import { glewlwyd } from '@authly/express/providers';

const issuer = glewlwyd('https://auth.acme.com/api/oidc');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
