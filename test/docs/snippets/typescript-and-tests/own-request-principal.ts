// #region own
import { authenticate, principalOf, type ResourceServer } from '@authly/express/no-global';
import express from 'express';

declare global {
  namespace Express {
    interface Request {
      principal?: { readonly tenant: string };
    }
  }
}
// #endregion

export function createApp(resourceServer: ResourceServer<unknown>): express.Express {
  const app = express();
  // #region use
  app.use(authenticate(resourceServer));
  app.use((req, _res, next) => {
    req.principal = { tenant: principalOf(req).tenant ?? 'none' };
    next();
  });
  // #endregion
  app.get('/', (req, res) => {
    const tenant: string | undefined = req.principal?.tenant;
    // @ts-expect-error: it is the application's own, and no caller
    req.principal?.key;
    res.json({ tenant, caller: principalOf(req).key });
  });
  return app;
}
