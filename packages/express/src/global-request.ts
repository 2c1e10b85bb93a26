import type { Principal } from '@authly/core';

declare global {
  // Express merges its requests with this namespace: the one place where a property can be declared.
  namespace Express {
    interface Request {
      /** Who is calling, once `authenticate` has let the request in. */
      principal?: Principal | undefined;
    }
  }
}
