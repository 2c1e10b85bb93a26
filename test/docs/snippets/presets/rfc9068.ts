// #region server
import { createResourceServer } from '@authly/express';
import { rfc9068 } from '@authly/express/providers';

const issuer = rfc9068('https://as.acme.com');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
