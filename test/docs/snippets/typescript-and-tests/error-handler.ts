import { authenticate, isAuthError, type ResourceServer } from '@authly/express';
import express, { type NextFunction, type Request, type Response } from 'express';

export function createApp(resourceServer: ResourceServer<unknown>): express.Express {
  const app = express();
  app.use(authenticate(resourceServer, { onRefusal: 'next' }));
  // #region handler
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (!isAuthError(error)) return next(error);
    res.status(error.status).set(error.headers).json(error);
  });
  // #endregion
  return app;
}
