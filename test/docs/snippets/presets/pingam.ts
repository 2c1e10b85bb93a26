// #region server
import { createResourceServer } from '@authly/express';
import { pingam } from '@authly/express/providers';

const issuer = pingam('https://am.acme.com/am/oauth2/realms/root/realms/acme');
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
