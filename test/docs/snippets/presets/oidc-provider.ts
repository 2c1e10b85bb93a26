// #region server
import { createResourceServer } from '@authly/express';
import { oidcProvider } from '@authly/express/providers';

const issuer = oidcProvider({ issuer: 'https://op.acme.com', kindClaim: 'sub_type' });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });
// #endregion

// #region configuration
const configuration = {
  extraTokenClaims: (_ctx: unknown, token: { readonly kind: string }) => ({
    sub_type: token.kind === 'ClientCredentials' ? 'client' : 'user',
  }),
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        audience: 'https://api.acme.com',
        accessTokenFormat: 'jwt',
        scope: 'orders:read orders:sync',
      }),
    },
  },
};

// #endregion

export { configuration, issuer, resourceServer };
