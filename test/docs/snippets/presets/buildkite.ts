// #region server
import { createResourceServer } from '@authly/express';
import { buildkite } from '@authly/express/providers';

const issuer = buildkite({ organizationIds: ['0184990a-477b-4fa8-9968-496074483077'] });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
