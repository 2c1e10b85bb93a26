// #region server
import { createResourceServer } from '@authly/express';
import { spiffe } from '@authly/express/providers';

const issuer = spiffe({ trustDomain: 'acme.com', jwksUri: 'https://bundle.acme.com/' });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
