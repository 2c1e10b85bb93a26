import { type Client, generateClientSecret } from '@authly/issuer';

const { secret, hash } = generateClientSecret();

// #region client
const client: Client = {
  clientId: 'nightly-sync',
  secretHashes: [hash],
  scopes: ['read:orders', 'read:users'],
  audiences: ['https://orders.acme.com', 'https://users.acme.com'],
  defaultAudience: 'https://orders.acme.com',
};

// #endregion

export { client, secret };
