import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { generateTestKey } from '@authly/testing';
import { CA, SERVER } from '../../packages/client/test/certificates.ts';
import { listen } from '../support/requests.ts';
import { createProvider } from './oidc-provider.ts';
import { API, OTHER_API, oidcProviderConfiguration } from './oidc-provider-configuration.ts';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

export const ASSERTION_KEY = generateTestKey('ES256', 'assertions');
export const SECRET = 'a-secret-of-the-calling-service';

const common = {
  grant_types: ['client_credentials', TOKEN_EXCHANGE],
  redirect_uris: [],
  response_types: [],
};

/** One client for each way to authenticate; the client's id says which. */
const CLIENTS = [
  { client_id: 'by-basic', client_secret: SECRET, ...common },
  {
    client_id: 'by-post',
    client_secret: SECRET,
    token_endpoint_auth_method: 'client_secret_post',
    ...common,
  },
  {
    client_id: 'by-assertion',
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [ASSERTION_KEY.publicJwk] },
    ...common,
  },
  {
    client_id: 'by-certificate',
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_auth_san_dns: 'localhost',
    tls_client_certificate_bound_access_tokens: true,
    ...common,
  },
];

/** A live oidc-provider for services that call others. */
export interface TokenServer {
  readonly issuer: string;
  /** How often each grant was used. */
  readonly asked: string[];
  close(): void;
}

/**
 * Starts the server with an extra grant for token exchange: it looks for the subject token among
 * the tokens that it has issued, and gives a token to the client that asks.
 */
export async function startTokenServer({ nonces = false, tls = false } = {}): Promise<TokenServer> {
  const server = tls ? await listenTls() : await listen();
  const issuer = server.origin;
  const base: { readonly features?: object } = oidcProviderConfiguration({ nonces });
  const provider = await createProvider(issuer, {
    ...base,
    clients: CLIENTS,
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
    ],
    features: {
      ...base.features,
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: ({ req }: { req: { socket: TLSSocket } }) =>
          req.socket.getPeerX509Certificate?.(),
        certificateAuthorized: ({ req }: { req: { socket: TLSSocket } }) => req.socket.authorized,
        certificateSubjectMatches: (
          { req }: { req: { socket: TLSSocket } },
          _property: string,
          expected: string,
        ) => req.socket.getPeerCertificate().subjectaltname?.includes(`DNS:${expected}`) ?? false,
      },
    },
  });
  const asked: string[] = [];
  provider.on('grant.success', ({ oidc }) => asked.push(String(oidc.params?.['grant_type'])));

  const parameters = [
    'subject_token',
    'subject_token_type',
    'requested_token_type',
    'scope',
    'resource',
  ];
  provider.registerGrantType(
    TOKEN_EXCHANGE,
    async (ctx) => {
      const { params, client } = ctx.oidc;
      const claims = JSON.parse(
        Buffer.from(String(params?.['subject_token']).split('.')[1] ?? '', 'base64url').toString(),
      );
      const token = new provider.ClientCredentials({ client, scope: params?.['scope'] });
      token.resourceServer = new provider.ResourceServer(OTHER_API, {
        scope: 'read:users',
        audience: String(params?.['resource']),
        accessTokenTTL: 60,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      });
      token.extra = { on_behalf_of: claims.client_id };
      ctx.body = {
        access_token: await token.save(),
        issued_token_type: ACCESS_TOKEN,
        token_type: 'Bearer',
        expires_in: 60,
      };
    },
    parameters,
  );
  server.serve(provider.callback());
  return { issuer, asked, close: server.close };
}

async function listenTls() {
  const options = { cert: SERVER.certificate, key: SERVER.key, ca: CA };
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    serve: (listener: RequestListener) => server.on('request', listener),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Reads the claims of a JWT without verifying it. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

export { API, OTHER_API };
