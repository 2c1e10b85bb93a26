import { clientSecretBasic, createResourceServer, socketCertificate } from '@authly/core';
import { oidcProvider } from '@authly/core/providers';
import { testCertificate } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Framework, frameworks } from '../support/frameworks.ts';
import type { RunningServer } from '../support/requests.ts';
import { fetchByTls, listenByTls, sendByTls } from '../support/tls.ts';
import { API, ASKING, OPAQUE_API, startMutualTlsServer } from './mutual-tls.ts';

// A live oidc-provider behind TLS, which binds the tokens of its clients to their certificates, and an API
// of ours behind TLS that accepts them.

const nightly = await testCertificate({ commonName: 'nightly' });
const other = await testCertificate({ commonName: 'other' });

let authorizationServer: RunningServer;

beforeAll(async () => {
  authorizationServer = await startMutualTlsServer({ nightly, other });
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
    ])(
      'are accepted only from the client that has the certificate: %s',
      async (_form, audience) => {
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
      },
    );
  },
);
