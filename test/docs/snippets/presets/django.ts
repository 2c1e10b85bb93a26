// #region server
import { clientSecretBasic, createResourceServer } from '@authly/express';
import { django } from '@authly/express/providers';

const issuer = django('https://auth.acme.com/o');
const resourceServer = createResourceServer({
  issuer,
  audience: 'https://api.acme.com',
  introspection: {
    client: clientSecretBasic('orders-api', process.env['INTROSPECTION_SECRET'] ?? ''),
  },
});

// #endregion

export { issuer, resourceServer };
