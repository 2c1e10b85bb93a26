// #region server
import { createResourceServer } from '@authly/express';
import { lemonldap } from '@authly/express/providers';

const issuer = lemonldap({
  issuer: 'https://auth.acme.com/',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });
// #endregion

// #region disjoint
const withoutMacro = lemonldap({
  issuer: 'https://auth.acme.com/',
  subjectNamespaces: 'disjoint',
});

// #endregion

export { issuer, resourceServer, withoutMacro };
