import { custom } from '@authly/express/providers';

// #region django
const django = custom({
  issuer: 'https://auth.acme.com',
  classify: () => 'refuse', // its JWTs name nobody
  userId: ({ username }) => (typeof username === 'string' ? username : undefined),
  introspected: {
    requiredMembers: ['client_id'],
    accepts: () => true, // it calls nothing else active
    classify: ({ username }) => (username === undefined ? 'client' : 'user'),
  },
});
// #endregion

// #region canaille
const canaille = custom({
  issuer: 'https://auth.acme.com',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['client_id'],
    accepts: ({ token_type: type }) => type === 'Bearer',
    classify: ({ sub, username }) => {
      if (sub === undefined) return username === undefined ? 'client' : 'refuse';
      return username === undefined ? 'refuse' : 'user';
    },
  },
});
// #endregion

// #region authlib
const authlib = custom({
  issuer: 'https://auth.acme.com',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['sub', 'client_id'],
    accepts: ({ token_type: type }) => type === 'Bearer',
    classify: ({ sub, client_id: client, username }) => {
      if (username !== undefined) return 'user';
      return sub === client ? 'client' : 'refuse';
    },
  },
});
// #endregion

// #region lemonldap
const lemonldap = custom({
  issuer: 'https://auth.acme.com/',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['sub', 'client_id', 'iss', 'scope'],
    accepts: () => true,
    classify: ({ sub, client_id: client }) => (sub === client ? 'client' : 'user'),
  },
});
// #endregion

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

// #region better-auth
const betterAuth = custom({
  issuer: 'https://acme.com/api/auth',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['client_id'],
    accepts: ({ token_type: type }) => type === 'Bearer' || type === 'DPoP',
    classify: ({ sub, client_id: client }) =>
      sub === undefined || sub === client ? 'client' : 'user',
  },
});
// #endregion

// #region glewlwyd
const glewlwyd = custom({
  issuer: 'https://auth.acme.com',
  classify: () => 'refuse',
  introspected: {
    requiredMembers: ['client_id', 'jti'],
    accepts: ({ token_type: type }) => type !== undefined,
    classify: ({ sub, username }) => {
      if (sub === undefined) return username === undefined ? 'client' : 'refuse';
      return username === undefined ? 'refuse' : 'user';
    },
  },
});

// #endregion

export { authlib, betterAuth, canaille, django, glewlwyd, lemonldap, mitreid };
