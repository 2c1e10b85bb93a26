// #region server
import { createResourceServer } from '@authly/express';
import { curity } from '@authly/express/providers';

const issuer = curity({
  issuer: 'https://login.acme.com/oauth/v2/oauth-anonymous',
  subjectNamespaces: 'disjoint',
});
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });

// #endregion

export { issuer, resourceServer };
