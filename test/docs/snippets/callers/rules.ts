import { curity, zitadel } from '@authly/express/providers';

// #region classify
const people = zitadel({
  issuer: 'https://acme.zitadel.cloud',
  projectId: '301877700001',
  classify: ({ caller_type: type, 'urn:zitadel:iam:user:resourceowner:id': organization }) => {
    // Other organizations of the instance have Actions of their own, which may set any claim but this.
    if (organization !== '301870000009') return 'refuse';
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
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
