import { createResourceServer, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import type { RedisStores } from '@authly/redis';

/** One of several processes of an API. */
export function createServer(
  issuer: AudienceProvider,
  stores: RedisStores,
  secret: string,
): ResourceServer {
  // #region server
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    dpop: { replay: stores.replay, nonce: { secrets: [secret] } },
    revocation: { store: stores.revocations },
  });
  // #endregion
  return resourceServer;
}
