import { clientSecretBasic, privateKeyJwt, type TokenSource, tokenSource } from '@authly/client';

type PrivateKey = Parameters<typeof privateKeyJwt>[1];

export function sources(secret: string, key: PrivateKey): Readonly<Record<string, TokenSource>> {
  // #region auth0
  const auth0 = tokenSource({
    issuer: 'https://acme.eu.auth0.com/',
    client: clientSecretBasic('orders-api', secret),
    parameters: { audience: 'https://billing.acme.com' },
    exchange: 'auth0',
    origins: ['https://billing.acme.com'],
  });
  // #endregion
  // #region entra
  const entra = tokenSource({
    issuer: 'https://login.microsoftonline.com/3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10/v2.0',
    client: clientSecretBasic('orders-api', secret),
    scope: 'api://billing/.default',
    exchange: 'entra',
    origins: ['https://billing.acme.com'],
  });
  // #endregion
  // #region keycloak
  const keycloak = tokenSource({
    issuer: 'https://sso.acme.com/realms/acme',
    client: clientSecretBasic('orders-api', secret),
    parameters: { audience: 'billing-api' },
    exchange: 'keycloak',
    origins: ['https://billing.acme.com'],
  });
  // #endregion
  // #region hydra
  const hydra = tokenSource({
    issuer: 'https://login.acme.com',
    client: privateKeyJwt('orders-api', key, { audience: 'token_endpoint' }),
    parameters: { audience: 'https://billing.acme.com' },
    origins: ['https://billing.acme.com'],
  });
  // #endregion
  return { auth0, entra, keycloak, hydra };
}
