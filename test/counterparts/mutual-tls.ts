import { X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { generateTestKey, type TestCertificate } from '@authly/testing';
import { vi } from 'vitest';
import type { RunningServer } from '../support/requests.ts';
import { listenByTls } from '../support/tls.ts';

/** An API with JWTs, and one with opaque tokens. */
export const API = 'https://parcels.example.com';
export const OPAQUE_API = 'https://letters.example.com';

/** The client that the second API uses for introspection. */
export const ASKING = { id: 'letters-api', secret: 'a secret of the API: + and %' } as const;

/** A client that authenticates with a self-signed certificate (RFC 8705 §2.2). */
function clientOf(name: string, { cert }: TestCertificate): object {
  const certificate = new X509Certificate(cert);
  const jwk = certificate.publicKey.export({ format: 'jwk' });
  return {
    client_id: name,
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    tls_client_certificate_bound_access_tokens: true,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    jwks: { keys: [{ ...jwk, x5c: [certificate.raw.toString('base64')] }] },
  };
}

/** Starts `oidc-provider` behind TLS, which binds the tokens of these clients to their certificates. */
export async function startMutualTlsServer(
  clients: Readonly<Record<string, TestCertificate>>,
): Promise<RunningServer> {
  const server = await listenByTls();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { default: Provider } = await import('oidc-provider');
  const none = { grant_types: [], redirect_uris: [], response_types: [] };
  const provider = new Provider(server.origin, {
    clients: [
      ...Object.entries(clients).map(([name, certificate]) => clientOf(name, certificate)),
      { client_id: ASKING.id, client_secret: ASKING.secret, ...none },
    ],
    clientAuthMethods: ['client_secret_basic', 'self_signed_tls_client_auth'],
    jwks: { keys: [generateTestKey('RS256', 'op').privateJwk] },
    cookies: { keys: ['a key for the cookies of a test'] },
    ttl: { ClientCredentials: 60, AccessToken: 60 },
    extraTokenClaims: () => ({ sub_type: 'client' }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        selfSignedTlsClientAuth: true,
        getCertificate: ({ socket }: { readonly socket: TLSSocket }) =>
          socket.getPeerX509Certificate(),
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, resource: string) => ({
          scope: 'read',
          audience: resource,
          accessTokenTTL: 60,
          accessTokenFormat: resource === API ? 'jwt' : 'opaque',
          ...(resource === API && { jwt: { sign: { alg: 'RS256' } } }),
        }),
      },
    },
  });
  warn.mockRestore();
  server.serve(provider.callback() as RequestListener);
  return server;
}
