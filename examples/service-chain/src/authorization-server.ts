import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import {
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';

// It takes the place of your own authorization server, so that the example runs by itself. Do not copy it: use
// Keycloak, Auth0, Entra or another server that has token exchange.

/** A service that may get tokens. */
export interface Client {
  readonly id: string;
  readonly secret: string;
  /** The API that this service is. It may exchange tokens for that API. */
  readonly api: string;
  /** The API that it calls, and the scopes that it gets there. */
  readonly target: string;
  readonly scopes: string;
}

/** An authorization server with client credentials (RFC 6749 §4.4) and token exchange (RFC 8693). */
export interface AuthorizationServer {
  readonly listener: RequestListener;
  /** A token of a user who has signed in somewhere else. */
  userToken(user: string, audience: string, scope: string): Promise<string>;
}

const LIFETIME_SEC = 300;
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Makes the authorization server at `issuer`. */
export async function createAuthorizationServer(
  issuer: string,
  clients: readonly Client[],
): Promise<AuthorizationServer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: '1', alg: 'ES256', use: 'sig' };
  const keys = createLocalJWKSet({ keys: [jwk] });
  const metadata = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    token_endpoint: `${issuer}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    response_types_supported: ['code'],
  };

  function sign(claims: JWTPayload, expiresAt = now() + LIFETIME_SEC): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: '1', typ: 'at+jwt' })
      .setIssuer(issuer)
      .setIssuedAt()
      .setJti(crypto.randomUUID())
      .setExpirationTime(Math.min(expiresAt, now() + LIFETIME_SEC))
      .sign(privateKey);
  }

  async function exchange(form: URLSearchParams, client: Client): Promise<string | undefined> {
    const subject = await jwtVerify(form.get('subject_token') ?? '', keys, {
      issuer,
      // A service may exchange tokens that are meant for it, and no others.
      audience: client.api,
      typ: 'at+jwt',
    }).catch(() => undefined);
    if (subject === undefined || form.get('subject_token_type') !== ACCESS_TOKEN) return undefined;
    const { sub, act, exp } = subject.payload;
    return sign(
      {
        sub: String(sub),
        client_id: client.id,
        aud: client.target,
        scope: client.scopes,
        // RFC 8693 §4.1: the current actor, with the earlier actor nested in it.
        act: { sub: client.id, ...(act !== undefined && { act }) },
      },
      exp,
    );
  }

  async function token(request: IncomingMessage): Promise<readonly [number, object]> {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const client = authenticated(request, clients);
    if (client === undefined) return [401, { error: 'invalid_client' }];
    if (form.get('resource') !== client.target) return [400, { error: 'invalid_target' }];
    const answer = { token_type: 'Bearer', expires_in: LIFETIME_SEC, scope: client.scopes };
    if (form.get('grant_type') === 'client_credentials') {
      const { id, target: aud, scopes: scope } = client;
      return [200, { access_token: await sign({ sub: id, client_id: id, aud, scope }), ...answer }];
    }
    const exchanged = await exchange(form, client);
    // RFC 8693 §2.2.2: the error for every fault of the subject token.
    if (exchanged === undefined) return [400, { error: 'invalid_request' }];
    return [200, { access_token: exchanged, issued_token_type: ACCESS_TOKEN, ...answer }];
  }

  return {
    listener: async (request, response) => {
      if (request.url === '/jwks') return send(response, 200, { keys: [jwk] });
      if (request.url?.startsWith('/.well-known/')) return send(response, 200, metadata);
      if (request.url !== '/token') return send(response, 404, {});
      send(response, ...(await token(request)));
    },
    userToken: (user, audience, scope) =>
      sign({ sub: user, client_id: 'web-app', aud: audience, scope }),
  };
}

function authenticated(
  { headers }: IncomingMessage,
  clients: readonly Client[],
): Client | undefined {
  const [scheme, credentials = ''] = (headers.authorization ?? '').split(' ');
  const [id, secret] = Buffer.from(credentials, 'base64').toString().split(':').map(decoded);
  const client = clients.find((each) => each.id === id);
  const isRight = client !== undefined && scheme === 'Basic' && equal(client.secret, secret ?? '');
  return isRight ? client : undefined;
}

function decoded(part: string): string {
  return new URLSearchParams(`part=${part}`).get('part') ?? '';
}

function equal(expected: string, given: string): boolean {
  const [one, other] = [Buffer.from(expected), Buffer.from(given)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
