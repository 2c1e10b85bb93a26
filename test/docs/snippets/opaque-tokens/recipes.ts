import { custom } from '@authly/express/providers';

// #region mitreid
const mitreid = custom({
  issuer: 'https://auth.acme.com/',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['sub', 'client_id'],
    accepts: ({ token_type: type }) => type === 'Bearer', // refresh tokens have none
    classify: ({ sub, client_id: client, user_id: user }) => {
      if (user !== undefined) return 'user';
      return sub === client ? 'client' : 'refuse';
    },
  },
});

// #endregion

export { mitreid };
