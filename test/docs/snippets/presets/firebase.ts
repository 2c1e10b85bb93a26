// #region server
import { createResourceServer } from '@authly/express';
import { firebase } from '@authly/express/providers';

const issuer = firebase('acme-prod');
const resourceServer = createResourceServer({ issuer });

// #endregion

export { issuer, resourceServer };
