// #region server
import { createResourceServer } from '@authly/express';
import { descope } from '@authly/express/providers';

const issuer = descope({
  projectId: 'P2kQ7',
  classify: ({ caller_type: type }) => {
    if (type === 'human') return 'user';
    return type === 'machine' ? 'client' : 'refuse';
  },
});
const resourceServer = createResourceServer({ issuer });

// #endregion

export { issuer, resourceServer };
