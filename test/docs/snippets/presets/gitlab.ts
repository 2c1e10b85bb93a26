// #region server
import { createResourceServer } from '@authly/express';
import { gitlab } from '@authly/express/providers';

const issuer = gitlab({ projectIds: ['20'] });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
