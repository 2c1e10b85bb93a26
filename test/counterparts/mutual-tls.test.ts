import { X509Certificate } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { clientSecretBasic, createResourceServer, socketCertificate } from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { generateTestKey, type TestCertificate, testCertificate } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Framework, frameworks } from '../support/frameworks.ts';
import type { RunningServer } from '../support/requests.ts';
import { fetchByTls, listenByTls, sendByTls } from '../support/tls.ts';

// A live oidc-provider behind TLS, which binds the tokens of its clients to their certificates, and an API
// of ours behind TLS that accepts them.

const API = 'https://parcels.example.com';
const OPAQUE_API = 'https://letters.example.com';
const ASKING = { id: 'letters-api', secret: 'a secret of the API: + and %' };

const nightly = await testCertificate({ commonName: 'nightly' });
const other = await testCertificate({ commonName: 'other' });

let authorizationServer: RunningServer;

/** A client that its self-signed certificate authenticates (RFC 8705 §2.2). */
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

beforeAll(async () => {
  const server = await listenByTls();
  authorizationServer = server;
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { default: Provider } = await import('oidc-provider');
  const none = { grant_types: [], redirect_uris: [], response_types: [] };
  const provider = new Provider(server.origin, {
    clients: [
      clientOf('nightly', nightly),
      clientOf('other', other),
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
});

afterAll(() => authorizationServer.close());

/** A token of `nightly` for an API. */
async function aToken(resource: string): Promise<string> {
  const url = `${authorizationServer.origin}/token`;
  const { body } = await sendByTls(url, {
    method: 'POST',
    certificate: nightly,
    form: { grant_type: 'client_credentials', client_id: 'nightly', resource, scope: 'read' },
  });
  expect(body).toMatchObject({ access_token: expect.any(String) });
  return (body as { access_token: string }).access_token;
}

/** The two APIs, with keys and answers from the server behind TLS. */
async function startApi(framework: Framework, audience: string) {
  const server = await listenByTls();
  const resourceServer = createResourceServer({
    issuer: oidcProvider({ issuer: authorizationServer.origin, kindClaim: 'sub_type' }),
    audience,
    fetch: fetchByTls,
    mtls: { mode: 'required', certificate: socketCertificate() },
    ...(audience === OPAQUE_API && {
      introspection: { client: clientSecretBasic(ASKING.id, ASKING.secret) },
    }),
  });
  const app = framework.createApp(({ use, route }) => {
    use(framework.authenticate(resourceServer));
    route('/me', ({ principal }) => principal);
  });
  server.serve(app.listener);
  return {
    url: `${server.origin}/me`,
    close() {
      server.close();
      resourceServer.close();
    },
  };
}

describe.each(frameworks)(
  'tokens of oidc-provider that are bound to a certificate, in $name',
  (framework) => {
    it.each([
      ['JWTs', API],
      ['opaque ones', OPAQUE_API],
    ])('are for the client that has it alone: %s', async (_form, audience) => {
      const api = await startApi(framework, audience);
      const token = await aToken(audience);
      const headers = { authorization: `Bearer ${token}` };
      const accepted = await sendByTls(api.url, { certificate: nightly, headers });
      expect(accepted).toMatchObject({
        status: 200,
        body: {
          kind: 'client',
          clientId: 'nightly',
          confirmation: { 'x5t#S256': nightly.thumbprint },
        },
      });
      for (const certificate of [other, undefined]) {
        const refused = await sendByTls(api.url, { certificate, headers });
        expect(refused).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      }
      api.close();
    });
  },
);
