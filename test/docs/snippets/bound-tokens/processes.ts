import { createResourceServer, type ReplayStore, type ResourceServer } from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';

/** One of several processes of an API. */
export function createServer(
  issuer: AudienceProvider,
  replay: ReplayStore,
  secret: string,
): ResourceServer {
  // #region processes
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    dpop: {
      mode: 'required',
      // At least 32 bytes, the same in every process: node -e "console.log(crypto.randomBytes(32).toString('base64'))"
      nonce: { secrets: [secret] },
      replay,
    },
  });
  // #endregion
  return resourceServer;
}
