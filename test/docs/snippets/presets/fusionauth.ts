// #region server
import { createResourceServer } from '@authly/express';
import { fusionauth } from '@authly/express/providers';

const application = '0c1d2e3f-9a9a-4b4b-8c8c-1d1d2e2e3f3f';
const entity = '5e6f7a8b-2c2c-4d4d-9e9e-4f4f5a5a6b6b';
const issuer = fusionauth({ issuer: 'acme.com', baseUrl: 'https://auth.acme.com' });
const resourceServer = createResourceServer({ issuer, audience: [application, entity] });

// #endregion

export { issuer, resourceServer };
