// #region server
import { createResourceServer } from '@authly/express';
import { vercel } from '@authly/express/providers';

const issuer = vercel({ issuer: 'https://oidc.vercel.com/acme', ownerIds: ['team_a1B2c3'] });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
