// #region server
import { createResourceServer } from '@authly/express';
import { githubActions } from '@authly/express/providers';

const issuer = githubActions({ repositoryOwnerIds: ['4411'] });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
