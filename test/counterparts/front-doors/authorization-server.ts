import { type AudienceProvider, oidcProvider } from '@authly/core/providers';
import { listen } from '../../support/requests.ts';
import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import { machineToken, type Registered } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { oidcProviderConfiguration } from '../oidc-provider-configuration.ts';

/** The client that the front door is at the authorization server. */
export const DOOR: Registered = { id: 'front-door', secret: 'a-secret-of-the-front-door' };
export const MACHINE: Registered = { id: 'nightly-sync', secret: 'a-secret-of-nightly-sync' };

/** Another API that the server knows. */
export const ANOTHER_API = 'https://letters.example';

/** The authorization server behind a front door. */
export interface SignInServer {
  readonly issuer: string;
  readonly preset: AudienceProvider;
  machineToken(): Promise<string>;
}

/**
 * Starts the npm package `oidc-provider` in this process. `redirectUris` are those of the front
 * doors. It signs in everybody who asks, and gives an access token for the API that the sign-in has
 * named.
 */
export async function startSignInServer(
  bench: Workbench,
  redirectUris: readonly string[],
): Promise<SignInServer> {
  // Imported here and not above, since the import prints a warning on Node 20. A command that only
  // lists the names does not need the package.
  const { default: Provider } = await import('oidc-provider');
  const server = await listen();
  const issuer = server.origin;
  const base: { readonly features?: object } = oidcProviderConfiguration({ pages: true });
  const client = ({ id, secret }: Registered, grant: string) => ({
    client_id: id,
    client_secret: secret,
    grant_types: [grant],
    redirect_uris: grant === 'authorization_code' ? redirectUris : [],
    response_types: grant === 'authorization_code' ? ['code'] : [],
  });
  const provider = new Provider(issuer, {
    ...base,
    clients: [client(DOOR, 'authorization_code'), client(MACHINE, 'client_credentials')],
    features: {
      ...base.features,
      resourceIndicators: {
        enabled: true,
        // A front door names the API when a person signs in. It does not name it again when it
        // redeems the code.
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: SCOPE,
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: 'jwt',
        }),
      },
    },
  });
  server.serve(provider.callback());
  bench.onEnd(server.close);
  return {
    issuer,
    preset: oidcProvider({ issuer, kindClaim: 'sub_type' }),
    machineToken: () => machineToken(issuer, MACHINE, { scope: SCOPE, resource: AUDIENCE }),
  };
}
