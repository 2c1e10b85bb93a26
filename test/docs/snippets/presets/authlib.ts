// #region server
import { createResourceServer } from '@authly/express';
import { authlib } from '@authly/express/providers';

const issuer = authlib({ issuer: 'https://auth.acme.com', kindClaim: 'sub_type' });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
