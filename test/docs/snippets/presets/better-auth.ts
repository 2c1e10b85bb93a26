// #region server
import { createResourceServer } from '@authly/express';
import { betterAuth } from '@authly/express/providers';

const issuer = betterAuth('https://acme.com/api/auth');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
