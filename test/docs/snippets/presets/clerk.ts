// #region server
import { createResourceServer } from '@authly/express';
import { clerk } from '@authly/express/providers';

const issuer = clerk({
  issuer: 'https://clerk.acme.com',
  authorizedParties: ['https://app.acme.com'],
  clientIds: ['coa_81'],
  machines: ['mch_3Qa'],
});
const resourceServer = createResourceServer({ issuer });

// #endregion

export { issuer, resourceServer };
