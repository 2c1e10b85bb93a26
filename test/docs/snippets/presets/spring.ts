// #region server
import { createResourceServer } from '@authly/express';
import { spring } from '@authly/express/providers';

const issuer = spring({
  issuer: 'https://auth.acme.com',
  rolesClaim: 'roles',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });
// #endregion

// #region disjoint
const withoutCustomizer = spring({
  issuer: 'https://auth.acme.com',
  subjectNamespaces: 'disjoint',
  clientIdFrom: 'aud',
});

// #endregion

export { issuer, resourceServer, withoutCustomizer };
