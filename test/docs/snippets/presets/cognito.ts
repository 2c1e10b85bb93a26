// #region server
import { createResourceServer } from '@authly/express';
import { cognito } from '@authly/express/providers';

const issuer = cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['6k2v9h', '3m8s1q'] });
const resourceServer = createResourceServer({ issuer });

// #endregion

export { issuer, resourceServer };
