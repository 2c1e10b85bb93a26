import { createResourceServer, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';

/** An API that clients reach under two URLs, and that sees the paths without the prefix. */
export function createServer(issuer: AudienceProvider): ResourceServer {
  // #region proxies
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    dpop: {
      mode: 'when-bound',
      // The first proxy passes paths on as they are; the second takes /orders-api away.
      publicUrls: ['https://api.acme.com', 'https://acme.com/orders-api'],
    },
  });
  // #endregion
  return resourceServer;
}
