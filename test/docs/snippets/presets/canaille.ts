// #region server
import { clientSecretBasic, createResourceServer } from '@authly/express';
import { canaille } from '@authly/express/providers';

const issuer = canaille('https://auth.acme.com');
const resourceServer = createResourceServer({
  issuer,
  audience: 'orders-api',
  introspection: {
    client: clientSecretBasic('orders-api', process.env['INTROSPECTION_SECRET'] ?? ''),
    jwts: 'answer',
  },
});

// #endregion

export { issuer, resourceServer };
