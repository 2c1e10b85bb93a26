// #region server
import { createResourceServer } from '@authly/express';
import { duende } from '@authly/express/providers';

const issuer = duende('https://id.acme.com');
const resourceServer = createResourceServer({ issuer, audience: 'orders' });

// #endregion

export { issuer, resourceServer };
