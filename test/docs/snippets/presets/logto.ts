// #region server
import { createResourceServer } from '@authly/express';
import { logto } from '@authly/express/providers';

const issuer = logto('acme.logto.app');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
