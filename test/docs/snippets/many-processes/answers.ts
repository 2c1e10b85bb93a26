import { clientSecretBasic, createResourceServer, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import type { RedisStores } from '@authly/redis';

/** One of several processes of an API whose tokens are opaque. */
export function createServer(
  issuer: AudienceProvider,
  stores: RedisStores,
  { clientSecret, secret }: { readonly clientSecret: string; readonly secret: string },
): ResourceServer {
  // #region answers
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    introspection: {
      client: clientSecretBasic('orders-api', clientSecret),
      cache: { activeForSec: 60, store: stores.introspections, secrets: [secret] },
    },
  });
  // #endregion
  return resourceServer;
}
