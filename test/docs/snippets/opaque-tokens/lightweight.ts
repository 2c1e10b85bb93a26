// #region lightweight
import { clientSecretBasic, createResourceServer } from '@authly/express';
import { keycloak } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: keycloak('https://sso.acme.com/realms/acme'),
  audience: 'https://api.acme.com',
  introspection: {
    client: clientSecretBasic('orders-api', process.env['INTROSPECTION_SECRET'] ?? ''),
    jwts: 'answer',
  },
});

// #endregion

export { resourceServer };
