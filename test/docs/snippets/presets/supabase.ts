// #region server
import { createResourceServer } from '@authly/express';
import { supabase } from '@authly/express/providers';

const issuer = supabase('abcdefghijklmnopqrst');
const resourceServer = createResourceServer({ issuer, audience: 'authenticated' });

// #endregion

export { issuer, resourceServer };
