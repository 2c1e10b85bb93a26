// #region dpop
import { clientSecretBasic, tokenSource } from '@authly/client';

const bound = (secret: string) =>
  tokenSource({
    issuer: 'https://auth.acme.com',
    client: clientSecretBasic('orders-api', secret),
    resource: 'https://billing.acme.com',
    dpop: true,
  });

// #endregion

export { bound };
