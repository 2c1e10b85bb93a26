import { createHash, randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { listen, type RunningServer } from '../support/requests.ts';

/** A client of the server, with its secret. */
export interface BetterAuthClient {
  readonly id: string;
  readonly secret: string;
}

/**
 * A running Better Auth with its OAuth provider. It has its data in memory and issues opaque
 * tokens.
 */
export interface BetterAuth {
  readonly issuer: string;
  /** A client that gets tokens. */
  readonly web: BetterAuthClient;
  /** The client of the API, which is linked to the API at the server. */
  readonly api: BetterAuthClient;
  /** A client that is not linked to the API. */
  readonly stranger: BetterAuthClient;
  machineToken(): Promise<string>;
  userTokens(): Promise<{ readonly access: string; readonly refresh: string }>;
  revoke(token: string): Promise<void>;
  /**
   * Deletes the user, but not the tokens, as in a database without foreign keys. The tokens then
   * have no session, like those by the device grant.
   */
  deleteUser(): void;
  close(): void;
}

type Members = Readonly<Record<string, unknown>>;

interface Api {
  adminCreateOAuthClient(call: { body: Members; headers: Headers }): Promise<Members>;
  adminLinkClientResource(call: { params: Members; headers: Headers }): Promise<unknown>;
}

const SCOPES = 'openid offline_access parcels:read';
/** No test opens this URL. */
const REDIRECT_URI = 'https://web.parcels.example/cb';
const TABLES = [
  'user',
  'session',
  'account',
  'verification',
  'oauthClient',
  'oauthResource',
  'oauthClientResource',
  'oauthAccessToken',
  'oauthRefreshToken',
  'oauthConsent',
  'oauthClientAssertion',
];

/** Starts the server, with one user, who has signed in. `resource` is the API's identifier. */
export async function startBetterAuth(resource: string): Promise<BetterAuth> {
  const [{ betterAuth }, { memoryAdapter }, { toNodeHandler }, { oauthProvider }] =
    await Promise.all([
      import('better-auth'),
      import('better-auth/adapters/memory'),
      import('better-auth/node'),
      import('@better-auth/oauth-provider'),
    ]);
  const server = (await listen()) as RunningServer & { serve(listener: object): void };
  // Its types match those of the server only without exactOptionalPropertyTypes.
  const plugin: unknown = oauthProvider({
    loginPage: '/login',
    consentPage: '/consent',
    // With this setting all access tokens are opaque, also those for an API.
    disableJwtPlugin: true,
    scopes: SCOPES.split(' '),
    resources: [resource],
    clientPrivileges: () => true,
    resourcePrivileges: () => true,
  });
  const tables: Record<string, Record<string, unknown>[]> = Object.fromEntries(
    TABLES.map((name) => [name, []]),
  );
  const auth = betterAuth({
    baseURL: server.origin,
    secret: randomBytes(32).toString('hex'),
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    plugins: [plugin as BetterAuthPlugin],
  });
  server.serve(toNodeHandler(auth));
  const issuer = `${server.origin}/api/auth`;
  const cookie = await signUp(issuer, server.origin);
  const headers = new Headers({ cookie });
  const api = auth.api as unknown as Api;

  async function register(isLinked: boolean): Promise<BetterAuthClient> {
    const created = await api.adminCreateOAuthClient({
      headers,
      body: {
        redirect_uris: [REDIRECT_URI],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        scope: SCOPES,
        client_credentials_scopes: ['parcels:read'],
        skip_consent: true,
      },
    });
    const id = String(created['client_id']);
    if (isLinked) {
      await api.adminLinkClientResource({
        headers,
        params: { identifier: resource, client_id: id },
      });
    }
    return { id, secret: String(created['client_secret']) };
  }
  const [web, own, stranger] = [await register(true), await register(true), await register(false)];

  async function post(path: string, form: Readonly<Record<string, string>>): Promise<Members> {
    const response = await fetch(`${issuer}/oauth2/${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${web.id}:${web.secret}`)}` },
      body: new URLSearchParams(form),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return Object(await response.json().catch(() => ({})));
  }

  return {
    issuer,
    web,
    api: own,
    stranger,
    async machineToken() {
      const form = { grant_type: 'client_credentials', scope: 'parcels:read', resource };
      return String((await post('token', form))['access_token']);
    },
    async userTokens() {
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        client_id: web.id,
        response_type: 'code',
        redirect_uri: REDIRECT_URI,
        scope: SCOPES,
        state: 'x',
        code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        resource,
      });
      const response = await fetch(`${issuer}/oauth2/authorize?${query}`, { headers: { cookie } });
      const { url } = Object(await response.json());
      const tokens = await post('token', {
        grant_type: 'authorization_code',
        code: new URL(String(url)).searchParams.get('code') ?? '',
        redirect_uri: REDIRECT_URI,
        code_verifier: verifier,
        resource,
      });
      return { access: String(tokens['access_token']), refresh: String(tokens['refresh_token']) };
    },
    async revoke(token) {
      await post('revoke', { token });
    },
    deleteUser() {
      tables['user']?.splice(0);
      for (const token of tables['oauthAccessToken'] ?? []) token['sessionId'] = null;
    },
    close: () => server.close(),
  };
}

/** The cookies of a new user's session. */
async function signUp(issuer: string, origin: string): Promise<string> {
  const response = await fetch(`${issuer}/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({
      email: 'dana@parcels.example',
      password: randomBytes(12).toString('hex'),
      name: 'Dana',
    }),
  });
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}
