// #region server
import { createResourceServer } from '@authly/express';
import { circleci } from '@authly/express/providers';

const issuer = circleci({
  organizationId: '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f',
  projectIds: ['0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f'],
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
