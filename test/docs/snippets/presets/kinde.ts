// #region server
import { createResourceServer } from '@authly/express';
import { kinde } from '@authly/express/providers';

const issuer = kinde('https://acme.kinde.com');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
