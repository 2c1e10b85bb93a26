// #region server
import { createResourceServer } from '@authly/express';
import { custom } from '@authly/express/providers';

const issuer = custom({
  issuer: 'https://as.acme.com',
  types: { accepted: ['at+jwt'], optional: false },
  tenant: ({ org }) => (typeof org === 'string' ? org : undefined),
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
