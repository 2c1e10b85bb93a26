import { custom } from '@authly/express/providers';

// #region custom
const issuer = custom({
  issuer: 'https://as.acme.com',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});

// #endregion

export { issuer };
