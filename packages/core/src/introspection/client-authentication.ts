import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import type { Clock } from '../lib/clock.ts';
import { epochSeconds } from '../lib/clock.ts';
import { ConfigurationError } from '../model/errors.ts';
import { type PrivateJwk, signingKeyOf } from './assertion-key.ts';
import { loadOAuthLibrary, type OAuthLibrary } from './oauth-library.ts';

/** A secret, or a function that is called for each request and gives the current secret. */
export type SecretSource = string | (() => string | PromiseLike<string>);

/** Adds our credentials to a request: to its form (`body`) or its `headers`. */
export interface AuthenticateClient {
  (
    server: { readonly issuer: string; readonly token_endpoint?: string },
    client: { readonly client_id: string },
    body: URLSearchParams,
    headers: Headers,
  ): void | Promise<void>;
  /**
   * A digest of the credentials, under a key of this process. It changes when the credentials change, and does
   * not reveal them. `undefined` for credentials that never change.
   */
  readonly tag?: string | undefined;
}

/**
 * How this service authenticates at an authorization server: when it asks about a token (RFC 7662 §2.1), and when
 * it gets a token for itself (`@authly/client`). Made by {@link clientSecretBasic} and the similar functions. It
 * has no member that contains a secret, so printing it is safe.
 */
export interface IntrospectionClient {
  /** The method's name in server metadata (RFC 8414 §2), or `bearer`, or `none`. */
  readonly method: string;
  /** Our `client_id` at the authorization server, if we have one. */
  readonly clientId: string | undefined;
  /** A `fetch` that presents the client certificate. It is used instead of the resource server's `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Makes the function that adds the credentials to one request. `clock` gives the times of an assertion. The type
   * does not mention the library that is used, because that is ESM only, and a CommonJS application could not
   * compile it.
   */
  authentication(clock: Clock): Promise<AuthenticateClient>;
}

/**
 * Authenticates with `client_secret_basic` (RFC 6749 §2.3.1): client id and secret in the `Authorization` header.
 * Both are form-encoded first, as the RFC requires: `orders-api` is sent as `orders%2Dapi`. A server that does not
 * decode them refuses the credentials; use {@link clientSecretPost} there.
 *
 * @throws ConfigurationError for an empty id or secret.
 */
export function clientSecretBasic(clientId: string, secret: SecretSource): IntrospectionClient {
  checkId('clientSecretBasic', clientId, SECRET);
  checkSecret('clientSecretBasic', secret);
  return client('client_secret_basic', clientId, async (library) => {
    const value = await secretOf(secret);
    return tagged(library.ClientSecretBasic(value), secret, value);
  });
}

/**
 * Authenticates with `client_secret_post` (RFC 6749 §2.3.1): client id and secret in the form of the request. Use it
 * only for servers that do not support `client_secret_basic`, or do not decode what comes by it.
 *
 * @throws ConfigurationError for an empty id or secret.
 */
export function clientSecretPost(clientId: string, secret: SecretSource): IntrospectionClient {
  checkId('clientSecretPost', clientId, SECRET);
  checkSecret('clientSecretPost', secret);
  return client('client_secret_post', clientId, async (library) => {
    const value = await secretOf(secret);
    return tagged(library.ClientSecretPost(value), secret, value);
  });
}

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions {
  /**
   * `aud` of the assertion. Default: `'issuer'`, which stands for the issuer's name. Some servers, such as Ory
   * Hydra, want the URL of their token endpoint: `'token_endpoint'` stands for the URL in the metadata, and works
   * with `@authly/client` only. Any other text is sent as it is.
   */
  readonly audience?: string;
  /** `kid` in the header of the assertion. Default: the `kid` of the JWK. */
  readonly kid?: string;
  /**
   * `typ` in the header of the assertion. Default: none. New servers may require `client-authentication+jwt`; some
   * older ones, such as Spring's, accept only `JWT`.
   */
  readonly typ?: string;
}

const PRIVATE_KEY_JWT: OptionNames<PrivateKeyJwtOptions> = {
  audience: true,
  kid: true,
  typ: true,
};

/**
 * Authenticates with `private_key_jwt` (RFC 7523 §2.2, OpenID Connect Core §9): each request gets a new assertion,
 * signed with our key and valid for 60 seconds. The key is a private JWK or a `KeyObject`: RSA of 2,048 bits or more
 * (RS256, or the JWK's `alg`), P-256, P-384, P-521 or Ed25519.
 *
 * @throws ConfigurationError for an empty client id, and for a key that is not private, too small or of another type.
 */
export function privateKeyJwt(
  clientId: string,
  key: PrivateJwk | KeyObject,
  options: PrivateKeyJwtOptions = {},
): IntrospectionClient {
  checkId('privateKeyJwt', clientId, 'privateJwk');
  const { audience, kid, typ } = checkOptions('privateKeyJwt()', options, PRIVATE_KEY_JWT);
  const signingKey = signingKeyOf(key);
  return client('private_key_jwt', clientId, async (library, clock) => {
    const keyId = kid ?? signingKey.kid;
    const cryptoKey = await signingKey.cryptoKey();
    const assertionKey = keyId === undefined ? { key: cryptoKey } : { key: cryptoKey, kid: keyId };
    return (server, ...request) => {
      const audienceOfServer = audienceOf(audience, server);
      const authenticate = library.PrivateKeyJwt(assertionKey, {
        [library.modifyAssertion](header, payload) {
          const now = Math.floor(epochSeconds(clock));
          header['alg'] = signingKey.algorithm;
          if (typ !== undefined) header['typ'] = typ;
          payload['aud'] = audienceOfServer;
          payload['iat'] = now;
          payload['nbf'] = now;
          payload['exp'] = now + ASSERTION_LIFE_SEC;
        },
      });
      return authenticate(server, ...request);
    };
  });
}

function audienceOf(
  audience: string | undefined,
  server: { readonly issuer: string; readonly token_endpoint?: string },
): string {
  if (audience === undefined || audience === 'issuer') return server.issuer;
  if (audience !== 'token_endpoint') return audience;
  if (server.token_endpoint !== undefined) return server.token_endpoint;
  throw new TypeError('The token endpoint is not known here. Write its URL as the audience');
}

/** Short, because an assertion is used at once. A stolen one is then useless after a minute. */
const ASSERTION_LIFE_SEC = 60;

/** Options of {@link tlsClientAuth}. */
export interface TlsClientAuthOptions {
  /** A `fetch` of your own that presents the certificate. */
  readonly fetch: typeof globalThis.fetch;
}

/**
 * Authenticates with `tls_client_auth` or `self_signed_tls_client_auth` (RFC 8705 §2): by the client certificate that
 * your `fetch` presents. If the server's metadata has the endpoint in `mtls_endpoint_aliases`, that one is used (§5).
 *
 * @throws ConfigurationError for an empty client id, or without `fetch`.
 */
export function tlsClientAuth(
  clientId: string,
  options: TlsClientAuthOptions,
): IntrospectionClient {
  checkId('tlsClientAuth', clientId, '{ fetch: fetchWithCertificate }');
  const line = "tlsClientAuth('orders-api', { fetch: fetchWithCertificate })";
  const { fetch } = checkOptions('tlsClientAuth()', options, { fetch: true }, line);
  if (typeof fetch !== 'function') {
    throw new ConfigurationError(
      `tlsClientAuth() needs a fetch that presents the certificate. Write: ${line}`,
    );
  }
  const made = client('tls_client_auth', clientId, async (library) => library.TlsClientAuth());
  return Object.freeze({ ...made, fetch });
}

/**
 * Authenticates with a bearer token of our own (RFC 7662 §2.1). `token` is called for each request. When the endpoint
 * answers 401, that is about this token and not about the caller's, so it counts as an outage (503).
 *
 * @throws ConfigurationError when `token` is not a function.
 */
export function bearerToken(token: () => string | PromiseLike<string>): IntrospectionClient {
  if (typeof token !== 'function') {
    throw new ConfigurationError(
      'bearerToken() needs a function that returns the token. Write: bearerToken(async () => (await source.token()).accessToken)',
    );
  }
  return client('bearer', undefined, async () => {
    const value = await secretOf(token);
    const authenticate: AuthenticateClient = (_server, _client, _body, headers) => {
      headers.set('authorization', `Bearer ${value}`);
    };
    return tagged(authenticate, token, value);
  });
}

/**
 * Sends no credentials: for an endpoint that is protected by the network, such as Ory Hydra's admin port. The option
 * `endpoint` is then required. If anybody can reach such an endpoint, anybody can test guessed tokens there (RFC 7662
 * §4).
 */
export function anonymous(): IntrospectionClient {
  return client('none', undefined, async () => () => {});
}

/** Keeps the secret inside a closure, so that no object has it as a member. */
function client(
  method: string,
  clientId: string | undefined,
  make: (library: OAuthLibrary, clock: Clock) => Promise<AuthenticateClient>,
): IntrospectionClient {
  const authentication = async (clock: Clock) => make(await loadOAuthLibrary(), clock);
  return Object.freeze({ method, clientId, authentication });
}

async function secretOf(source: SecretSource): Promise<string> {
  // A secret that was read from a file or a command often ends with a line break, which is not part of it.
  const secret = typeof source === 'string' ? source : withoutLineBreak(await source());
  // This message becomes the cause of another error, so it must not contain the value.
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('The function for the secret returned no secret');
  return secret;
}

function withoutLineBreak(secret: unknown): unknown {
  return typeof secret === 'string' ? secret.replace(/\r?\n$/, '') : secret;
}

const TAG_KEY = randomBytes(32);

/** A digest of a credential. Equal values have equal digests within this process; the value cannot be computed back. */
export function credentialsTag(value: string | Uint8Array): string {
  return createHmac('sha256', TAG_KEY).update(value).digest('base64url');
}

function tagged(
  authenticate: AuthenticateClient,
  source: SecretSource,
  value: string,
): AuthenticateClient {
  if (typeof source === 'string') return authenticate;
  const wrapped: AuthenticateClient = (...request) => authenticate(...request);
  return Object.assign(wrapped, { tag: credentialsTag(value) });
}

/** As one writes it under `strict`, where a variable of the environment may be `undefined`. */
const SECRET = "process.env.SECRET ?? ''";

function checkId(owner: string, clientId: unknown, second: string): void {
  if (typeof clientId === 'string' && clientId !== '') return;
  throw new ConfigurationError(
    `${owner}() needs the client id of this API at the authorization server as its first argument. Write: ${owner}('orders-api', ${second})`,
  );
}

function checkSecret(owner: string, secret: unknown): void {
  if ((typeof secret === 'string' && secret !== '') || typeof secret === 'function') return;
  throw new ConfigurationError(
    `${owner}() needs a secret, but got none. Write: ${owner}('orders-api', ${SECRET}), and check that the variable is set`,
  );
}
