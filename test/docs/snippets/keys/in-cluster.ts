// #region in-cluster
import { createResourceServer } from '@authly/express';
import { kubernetes } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: kubernetes({
    issuer: 'https://kubernetes.default.svc.cluster.local',
    inCluster: true,
  }),
  audience: 'https://api.acme.com',
});

// #endregion

export { resourceServer };
