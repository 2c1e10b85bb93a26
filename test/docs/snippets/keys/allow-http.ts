// #region allow-http
import { createResourceServer } from '@authly/express';
import { keycloak } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: keycloak('http://keycloak:8080/realms/acme'),
  audience: 'https://api.acme.com',
  allowHttp: ['keycloak'],
});

// #endregion

export { resourceServer };
