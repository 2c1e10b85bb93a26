// #region server
import { createResourceServer } from '@authly/express';
import { authly } from '@authly/express/providers';

const issuer = authly('https://auth.acme.com');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
