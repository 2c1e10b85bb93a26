// #region entra
import { createResourceServer } from '@authly/express';
import { entra } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: entra({
    tenants: ['8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b', '1b2c3d4e-5f60-4a7b-8c9d-0e1f2a3b4c5d'],
  }),
  audience: 'c0ffee00-1111-4222-8333-444455556666',
});

// #endregion

export { resourceServer };
