// #region server
import { createResourceServer } from '@authly/express';
import { stytch } from '@authly/express/providers';

const issuer = stytch('project-live-acme');
const resourceServer = createResourceServer({ issuer });

// #endregion

export { issuer, resourceServer };
