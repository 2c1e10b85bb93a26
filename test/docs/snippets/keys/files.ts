const directory = process.env['KEY_SNAPSHOTS'] ?? '/var/lib/orders-api/keys';

// #region files
import { createResourceServer } from '@authly/express';
import { fileKeySnapshots } from '@authly/express/node';
import { auth0 } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  // '/var/lib/orders-api/keys': a directory of its own, on a disk that outlives the process.
  keySnapshots: fileKeySnapshots({ directory }),
});

// #endregion

export { resourceServer };
