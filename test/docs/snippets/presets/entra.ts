// #region server
import { createResourceServer } from '@authly/express';
import { entra } from '@authly/express/providers';

const issuer = entra('8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b');
const resourceServer = createResourceServer({
  issuer,
  audience: 'c0ffee00-1111-4222-8333-444455556666',
});

// #endregion

export { issuer, resourceServer };
