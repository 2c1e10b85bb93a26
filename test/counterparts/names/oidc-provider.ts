import { oidcProvider } from '@authly/core/providers';
import * as client from 'openid-client';
import { listen } from '../../support/requests.ts';
import type { Counterpart } from '../counterpart.ts';
import {
  API,
  MACHINE,
  oidcProviderConfiguration,
  WEB_APP,
} from '../oidc-provider-configuration.ts';
import { signIn } from '../sign-in.ts';

const SCOPE = 'read:users';

/** The npm package `oidc-provider`, with openid-client as its clients. */
export const counterpart: Counterpart = {
  description: 'the npm package oidc-provider, in this process',
  async start() {
    // Imported here and not above, since the import prints a warning on Node 20. A command that
    // only lists the names does not need it.
    const { default: Provider } = await import('oidc-provider');
    const server = await listen();
    server.serve(
      new Provider(server.origin, oidcProviderConfiguration({ pages: true })).callback(),
    );
    const discovered = ({ id, secret }: { readonly id: string; readonly secret: string }) =>
      client.discovery(new URL(server.origin), id, secret, undefined, {
        execute: [client.allowInsecureRequests],
      });

    return {
      issuer: oidcProvider({ issuer: server.origin, kindClaim: 'sub_type' }),
      audience: API,
      async userToken() {
        const configuration = await discovered(WEB_APP);
        const pkceCodeVerifier = client.randomPKCECodeVerifier();
        const start = client.buildAuthorizationUrl(configuration, {
          redirect_uri: WEB_APP.redirectUri,
          scope: SCOPE,
          resource: API,
          code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
          code_challenge_method: 'S256',
        });
        const fields = { login: 'ada', password: 'any' };
        const back = await signIn({ start, redirectUri: WEB_APP.redirectUri, fields });
        const parameters = { resource: API };
        const tokens = await client.authorizationCodeGrant(
          configuration,
          back,
          { pkceCodeVerifier },
          parameters,
        );
        return tokens.access_token;
      },
      async machineToken() {
        const configuration = await discovered(MACHINE);
        const parameters = { scope: SCOPE, resource: API };
        return (await client.clientCredentialsGrant(configuration, parameters)).access_token;
      },
      stop: async () => server.close(),
    };
  },
};
