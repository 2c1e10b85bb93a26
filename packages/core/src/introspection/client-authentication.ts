import { createHmac, type KeyObject, randomBytes } from 'node:crypto';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import type { Clock } from '../lib/clock.ts';
import { epochSeconds } from '../lib/clock.ts';
import { ConfigurationError } from '../model/errors.ts';
import { type PrivateJwk, signingKeyOf } from './assertion-key.ts';
import { loadOAuthLibrary, type OAuthLibrary } from './oauth-library.ts';

/** A secret, or a function that gives it at each request: for one that is rotated. */
export type SecretSource = string | (() => string | PromiseLike<string>);

/** Puts our credentials into a request: its form or its headers. */
export interface AuthenticateClient {
  (
    server: { readonly issuer: string; readonly token_endpoint?: string },
    client: { readonly client_id: string },
    body: URLSearchParams,
    headers: Headers,
  ): void | Promise<void>;
  /**
   * Tells these credentials from others of the same client, and nothing about them: a digest under a key
   * of this process. `undefined` where they are always the same.
   */
  readonly tag?: string | undefined;
}

/**
 * How this service says who it is to an authorization server, when it asks about a token (RFC 7662 §2.1)
 * and when it gets one for itself (`@authly/client`): the result of {@link clientSecretBasic} or a similar function. It
 * shows no secret when it is printed.
 */
export interface IntrospectionClient {
  /** The name of the method, as metadata calls it (RFC 8414 §2), or `bearer`, or `none`. */
  readonly method: string;
  /** Our `client_id` at the authorization server, where we have one. */
  readonly clientId: string | undefined;
  /** Makes the requests, instead of the resource server's `fetch`: for a client certificate. */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * Makes what puts the credentials into one request. Its type does not name the library, which is ESM
   * only: a CommonJS application could not compile it.
   */
  authentication(clock: Clock): Promise<AuthenticateClient>;
}

/**
 * `client_secret_basic` (RFC 6749 §2.3.1): id and secret in the `Authorization` header, form-encoded
 * first, as the RFC says and some clients forget.
 *
 * @throws ConfigurationError for an empty id or secret.
 */
export function clientSecretBasic(clientId: string, secret: SecretSource): IntrospectionClient {
  checkId('clientSecretBasic', clientId, 'process.env.SECRET');
  checkSecret('clientSecretBasic', secret);
  return client('client_secret_basic', clientId, async (library) => {
    const value = await secretOf(secret);
    return tagged(library.ClientSecretBasic(value), secret, value);
  });
}

/**
 * `client_secret_post` (RFC 6749 §2.3.1): id and secret in the form, for servers that take nothing else.
 *
 * @throws ConfigurationError for an empty id or secret.
 */
export function clientSecretPost(clientId: string, secret: SecretSource): IntrospectionClient {
  checkId('clientSecretPost', clientId, 'process.env.SECRET');
  checkSecret('clientSecretPost', secret);
  return client('client_secret_post', clientId, async (library) => {
    const value = await secretOf(secret);
    return tagged(library.ClientSecretPost(value), secret, value);
  });
}

/** Options of {@link privateKeyJwt}. */
export interface PrivateKeyJwtOptions {
  /**
   * `aud` of the assertion. Default: `issuer`. Some servers, such as Ory Hydra, want the address of their
   * token endpoint: `token_endpoint` is the one of the metadata, for `@authly/client` only. Any other
   * text is sent as it is.
   */
  readonly audience?: string;
  /** `kid` of the assertion. Default: the JWK's own. */
  readonly kid?: string;
  /**
   * `typ` of the assertion's header. Default: none. New servers may want `client-authentication+jwt`;
   * older ones, Spring's among them, take no other than `JWT`.
   */
  readonly typ?: string;
}

const PRIVATE_KEY_JWT: OptionNames<PrivateKeyJwtOptions> = {
  audience: true,
  kid: true,
  typ: true,
};

/**
 * `private_key_jwt` (RFC 7523 §2.2, OpenID Connect Core §9): an assertion for each request, signed by our
 * key, good for a minute. The key is a private JWK or a `KeyObject`: RSA (RS256, or the JWK's `alg`),
 * P-256, P-384, P-521 or Ed25519.
 *
 * @throws ConfigurationError for a key that is not private, or of another type.
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
  throw new TypeError('The token endpoint is not known here: write its URL as the audience');
}

/** An assertion is used at once, and must not be worth stealing. */
const ASSERTION_LIFE_SEC = 60;

/** Options of {@link tlsClientAuth}. */
export interface TlsClientAuthOptions {
  /** A `fetch` of your own that presents the certificate. */
  readonly fetch: typeof globalThis.fetch;
}

/**
 * `tls_client_auth` or `self_signed_tls_client_auth` (RFC 8705 §2): the connection itself says who we are,
 * by the certificate that your `fetch` presents. The endpoint among the metadata's
 * `mtls_endpoint_aliases` is used where there is one (§5).
 *
 * @throws ConfigurationError without `fetch`.
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
 * A bearer token of our own (RFC 7662 §2.1), asked for at each request. A 401 of the endpoint then is
 * about this token, and always an outage.
 */
export function bearerToken(token: () => string | PromiseLike<string>): IntrospectionClient {
  if (typeof token !== 'function') {
    throw new ConfigurationError(
      'bearerToken() takes a function that gives the token. Write: bearerToken(async () => (await source.token()).accessToken)',
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
 * No authentication, for an endpoint that is guarded otherwise: Hydra's admin port. It must be given as
 * `endpoint`; on an endpoint that anybody can reach, anybody can try tokens (RFC 7662 §4).
 */
export function anonymous(): IntrospectionClient {
  return client('none', undefined, async () => () => {});
}

/** Functions of closures, so that no secret is a member of anything. */
function client(
  method: string,
  clientId: string | undefined,
  make: (library: OAuthLibrary, clock: Clock) => Promise<AuthenticateClient>,
): IntrospectionClient {
  const authentication = async (clock: Clock) => make(await loadOAuthLibrary(), clock);
  return Object.freeze({ method, clientId, authentication });
}

async function secretOf(source: SecretSource): Promise<string> {
  // Files and the output of commands end with a line break that is not part of the secret.
  const secret = typeof source === 'string' ? source : withoutLineBreak(await source());
  // The message goes into a cause: it must not hold what was given.
  if (typeof secret !== 'string' || secret === '') throw new TypeError('There is no secret');
  return secret;
}

function withoutLineBreak(secret: unknown): unknown {
  return typeof secret === 'string' ? secret.replace(/\r?\n$/, '') : secret;
}

const TAG_KEY = randomBytes(32);

/** A digest that tells one value from another of the same kind in this process, and shows nothing of it. */
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

function checkId(owner: string, clientId: unknown, second: string): void {
  if (typeof clientId === 'string' && clientId !== '') return;
  throw new ConfigurationError(
    `${owner}() takes the client id of this API at the authorization server first. Write: ${owner}('orders-api', ${second})`,
  );
}

function checkSecret(owner: string, secret: unknown): void {
  if ((typeof secret === 'string' && secret !== '') || typeof secret === 'function') return;
  throw new ConfigurationError(
    `${owner}() takes a secret, which is missing here. Write: ${owner}('orders-api', process.env.SECRET), and see that the variable is set`,
  );
}
