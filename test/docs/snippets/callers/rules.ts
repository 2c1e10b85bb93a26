import { curity, zitadel } from '@authly/express/providers';

// #region classify
const people = zitadel({
  issuer: 'https://acme.zitadel.cloud',
  classify: ({ sub, caller_type: type }) => {
    if (type === 'human') return 'user';
    // The service user's id rather than its name, which can be changed.
    if (type === 'machine' && sub !== undefined) return { kind: 'client', clientId: sub };
    return 'refuse';
  },
});
// #endregion

// #region disjoint
const disjoint = curity({
  issuer: 'https://login.acme.com/oauth/v2/oauth-anonymous',
  subjectNamespaces: 'disjoint',
});

// #endregion

export { disjoint, people };
