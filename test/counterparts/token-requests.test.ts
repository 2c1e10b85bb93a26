import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthClient } from '@auth0/auth0-auth-js';
import {
  type ClientAuthentication,
  clientSecretPost,
  type TokenSource,
  type TokenSourceOptions,
  tokenSource,
  workloadToken,
} from '@authly/client';
import { ConfidentialClientApplication, type INetworkModule } from '@azure/msal-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// We cannot run Entra and Auth0 ourselves, but we can run their own client libraries. So these
// tests compare what a token source sends with what those libraries send, parameter by parameter.

const CLIENT_ID = 'orders-api';
const SECRET = 's3cret';
const CALLER = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln';
const WORKLOAD = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJwb2QifQ.c2ln';
const ISSUED = { access_token: 'issued', token_type: 'Bearer', expires_in: 3_600 };

type Form = Readonly<Record<string, string>>;

/** The parameters that a token source sends to get one token. */
async function ours(
  options: Omit<TokenSourceOptions, 'fetch'>,
  use: (source: TokenSource) => Promise<unknown>,
): Promise<Form> {
  const forms: Form[] = [];
  const source = tokenSource({
    ...options,
    async fetch(_url, init) {
      forms.push(formOf(String(init?.body)));
      return Response.json(ISSUED);
    },
  });
  await use(source);
  source.close();
  return only(forms);
}

function formOf(body: string): Form {
  return Object.fromEntries(new URLSearchParams(body));
}

function only(forms: readonly Form[]): Form {
  const [form] = forms;
  if (form === undefined || forms.length > 1) throw new Error(`${forms.length} requests were sent`);
  return form;
}

describe('a token source for Entra, compared with MSAL', () => {
  const TENANT = 'https://login.microsoftonline.com/3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10';
  const ISSUER = `${TENANT}/v2.0`;
  const TOKEN_ENDPOINT = `${TENANT}/oauth2/v2.0/token`;
  const SCOPE = 'api://ledger/.default';

  /** The parameters that MSAL sends to get one token, without those about MSAL itself. */
  async function theirs(
    secret: { readonly clientSecret: string } | { readonly clientAssertion: string },
    use: (app: ConfidentialClientApplication) => Promise<unknown>,
  ): Promise<Form> {
    const forms: Form[] = [];
    const networkClient: INetworkModule = {
      sendGetRequestAsync: () => Promise.reject(new Error('Nothing is to be looked up')),
      async sendPostRequestAsync<Body>(_url: string, options?: { readonly body?: string }) {
        forms.push(formOf(options?.body ?? ''));
        return { status: 200, headers: {}, body: ISSUED as Body };
      },
    };
    const app = new ConfidentialClientApplication({
      auth: { clientId: CLIENT_ID, authority: TENANT, ...secret, ...METADATA },
      system: { networkClient },
    });
    await use(app);
    const form = Object.entries(only(forms)).filter(([name]) => !ABOUT_MSAL.test(name));
    return Object.fromEntries(form);
  }

  /**
   * Parameters about MSAL itself: telemetry, and `client_info`, which asks for data that an ID
   * token would have.
   */
  const ABOUT_MSAL = /^(?:x-.*|client-request-id|client_info)$/;
  const METADATA = {
    authorityMetadata: JSON.stringify({
      issuer: ISSUER,
      authorization_endpoint: `${TENANT}/oauth2/v2.0/authorize`,
      token_endpoint: TOKEN_ENDPOINT,
      jwks_uri: `${TENANT}/discovery/v2.0/keys`,
    }),
    cloudDiscoveryMetadata: JSON.stringify({
      tenant_discovery_endpoint: ISSUER,
      metadata: [
        {
          preferred_network: 'login.microsoftonline.com',
          preferred_cache: 'login.microsoftonline.com',
          aliases: ['login.microsoftonline.com'],
        },
      ],
    }),
  };

  let folder: string;
  let path: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'entra-'));
    path = join(folder, 'token');
    await writeFile(path, WORKLOAD);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const entra = (client: ClientAuthentication) =>
    ({
      issuer: ISSUER,
      tokenEndpoint: TOKEN_ENDPOINT,
      client,
      scope: SCOPE,
      exchange: 'entra',
    }) as const;

  it('requests a token of the service with a secret in the same way', async () => {
    const sent = await ours(entra(clientSecretPost(CLIENT_ID, SECRET)), (source) => source.token());
    const expected = await theirs({ clientSecret: SECRET }, (app) =>
      app.acquireTokenByClientCredential({ scopes: [SCOPE] }),
    );
    expect(sent).toEqual(expected);
  });

  it('requests a token of the service with the token of a federated workload in the same way', async () => {
    const sent = await ours(entra(workloadToken(CLIENT_ID, { path })), (source) => source.token());
    const expected = await theirs({ clientAssertion: WORKLOAD }, (app) =>
      app.acquireTokenByClientCredential({ scopes: [SCOPE] }),
    );
    expect(sent).toEqual(expected);
  });

  it('requests a token on behalf of the caller in the same way, but asks for no ID or refresh token', async () => {
    const sent = await ours(entra(clientSecretPost(CLIENT_ID, SECRET)), (source) =>
      source.onBehalfOf(CALLER).token(),
    );
    const { scope, ...expected } = await theirs({ clientSecret: SECRET }, (app) =>
      app.acquireTokenOnBehalfOf({ oboAssertion: CALLER, scopes: [SCOPE] }),
    );
    // MSAL always adds these scopes. A token source does not: it uses no refresh token and no ID
    // token.
    expect(scope).toBe(`${SCOPE} openid profile offline_access`);
    expect(sent).toEqual({ ...expected, scope: SCOPE });
  });
});

describe('a token source for Auth0, compared with Auth0’s own client', () => {
  const ISSUER = 'https://acme.eu.auth0.com/';
  const AUDIENCE = 'https://ledger.acme.com';
  const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

  /** The parameters that Auth0's client sends to get one token. */
  async function theirs(use: (client: AuthClient) => Promise<unknown>): Promise<Form> {
    const forms: Form[] = [];
    const client = new AuthClient({
      domain: 'acme.eu.auth0.com',
      clientId: CLIENT_ID,
      clientSecret: SECRET,
      async customFetch(_url, init) {
        if (init?.method !== 'POST') return Response.json(METADATA);
        forms.push(formOf(String(init.body)));
        return Response.json(ISSUED);
      },
    });
    await use(client);
    return only(forms);
  }

  const METADATA = {
    issuer: ISSUER,
    token_endpoint: `${ISSUER}oauth/token`,
    authorization_endpoint: `${ISSUER}authorize`,
    jwks_uri: `${ISSUER}.well-known/jwks.json`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };

  const auth0 = {
    issuer: ISSUER,
    tokenEndpoint: METADATA.token_endpoint,
    client: clientSecretPost(CLIENT_ID, SECRET),
    parameters: { audience: AUDIENCE },
    exchange: 'auth0',
  } as const;

  it('requests a token of the service in the same way', async () => {
    const sent = await ours(auth0, (source) => source.token());
    const expected = await theirs((client) =>
      client.getTokenByClientCredentials({ audience: AUDIENCE }),
    );
    expect(sent).toEqual(expected);
  });

  it.each([undefined, 'read:entries write:entries'])(
    'requests a token on behalf of the caller in the same way, with scope %s',
    async (scope) => {
      const scoped = scope === undefined ? {} : { scope };
      const sent = await ours({ ...auth0, ...scoped }, (source) =>
        source.onBehalfOf(CALLER).token(),
      );
      // Auth0's library for APIs is built on this client. Its `getTokenOnBehalfOf` passes these
      // options.
      const expected = await theirs((client) =>
        client.exchangeToken({
          subjectToken: CALLER,
          subjectTokenType: ACCESS_TOKEN,
          requestedTokenType: ACCESS_TOKEN,
          audience: AUDIENCE,
          ...scoped,
        }),
      );
      expect(sent).toEqual(expected);
    },
  );

  it('names an organization in the same way', async () => {
    const parameters = { audience: AUDIENCE, organization: 'org_abc123' };
    const sent = await ours({ ...auth0, parameters }, (source) =>
      source.onBehalfOf(CALLER).token(),
    );
    const expected = await theirs((client) =>
      client
        .exchangeToken({
          subjectToken: CALLER,
          subjectTokenType: ACCESS_TOKEN,
          requestedTokenType: ACCESS_TOKEN,
          audience: AUDIENCE,
          organization: 'org_abc123',
        })
        // The library checks the organization in the ID token. There is none, so it throws.
        .catch(() => {}),
    );
    expect(sent).toEqual(expected);
  });
});
