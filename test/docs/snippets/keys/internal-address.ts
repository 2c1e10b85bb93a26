import { keycloak } from '@authly/express/providers';

// #region internal-address
const issuer = keycloak({
  issuer: 'https://sso.acme.com/realms/acme',
  jwksUri: 'http://keycloak:8080/realms/acme/protocol/openid-connect/certs',
});

// #endregion

export { issuer };
