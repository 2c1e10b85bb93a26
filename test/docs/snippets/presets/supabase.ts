// #region server
import { createResourceServer } from '@authly/express';
import { supabase } from '@authly/express/providers';

const issuer = supabase({
  issuer: 'https://abcdefghijklmnopqrst.supabase.co/auth/v1',
  clientIds: ['9b8a7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d'],
});
const resourceServer = createResourceServer({ issuer, audience: 'authenticated' });

// #endregion

export { issuer, resourceServer };
