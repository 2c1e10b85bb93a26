// #region server
import { createResourceServer } from '@authly/express';
import { authentik } from '@authly/express/providers';

const issuer = authentik({
  issuer: 'https://ak.acme.com/application/o/orders/',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer, audience: 'pAk71x' });

// #endregion

export { issuer, resourceServer };
