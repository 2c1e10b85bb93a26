import {
  type Algorithm,
  type Clock,
  checkOptions,
  type HttpHandler,
  type JsonWebKeySet,
  mustBe,
  type OptionNames,
  systemClock,
} from '@authly/core';
import { type Client, createIssuer, generateClientSecret, memoryClientStore } from '@authly/issuer';
import { openLoopbackServer } from './loopback-server.ts';
import {
  type LikePreset,
  type ProviderTestIssuer,
  type ProviderTestIssuerOptions,
  providerTestIssuer,
} from './provider-test-issuer.ts';
import { cachedTestKey, generateTestKey, type TestKey } from './test-key.ts';
import {
  clientTokenBuilder,
  DEFAULT_CLIENT_ID,
  type TokenBuilder,
  userTokenBuilder,
} from './token-builder.ts';

/** Options of a test issuer; each has a default. */
export interface TestIssuerOptions {
  /** `iss` of its tokens. Default `https://issuer.test`. */
  readonly issuer?: string;
  /** `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string;
  /**
   * One key for each is published; the first signs by default. Default ES256, whose keys are made
   * at once.
   */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Keys to publish instead, for tests of rotation. The first signs by default. */
  readonly keys?: readonly [TestKey, ...TestKey[]];
  /** The time. Default: the machine's. Give the resource server the same. */
  readonly clock?: Clock;
  /** Scopes of the client that is registered at the token endpoint. Default `read:users`. */
  readonly scopes?: readonly string[];
  /** More clients for the token endpoint. */
  readonly clients?: readonly Client[];
}

/** A client's id and secret in clear. */
export interface TestClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An issuer in this process: for tests of an API, without network and without mocks. */
export interface TestIssuer {
  /** `iss` of its tokens. */
  readonly issuer: string;
  /** `aud` of its tokens. */
  readonly audience: string;
  /** Its public keys: `authly({ issuer: issuer.issuer, jwks: issuer.jwks })`. */
  readonly jwks: JsonWebKeySet;
  /** Its keys, public and private. */
  readonly keys: readonly TestKey[];
  /** A client that may use the token endpoint, by `client_secret_basic`. */
  readonly client: TestClient;
  /** Token endpoint, key set and metadata, as a real issuer has them. */
  readonly handler: HttpHandler;
  /**
   * A token: by default a user's good one for the audience. Claims and header may be set to
   * anything or removed: `aToken({ sub: 'u-17', scope: 'read:users', aud: undefined })`.
   */
  readonly aToken: TokenBuilder;
  /** The same as `aToken`. The name says in a test that the token is a user's. */
  readonly aUserToken: TokenBuilder;
  /** A client's token, in which `sub` is the `client_id`. */
  readonly aClientToken: TokenBuilder;
  /**
   * The same issuer on a free port of the loopback interface, with its own keys and its own secret for
   * `client`: `issuer` is then `http://127.0.0.1:<port>`, and serves metadata, key set and token
   * endpoint. Close it after the test.
   */
  listen(): Promise<ListeningTestIssuer>;
}

/** A {@link TestIssuer} that answers HTTP. */
export interface ListeningTestIssuer extends TestIssuer {
  /** Ends the server and every connection to it. */
  close(): Promise<void>;
}

const OPTIONS: OptionNames<TestIssuerOptions> = {
  issuer: mustBe.aText("issuer: 'https://issuer.test'"),
  audience: mustBe.aText("audience: 'https://api.acme.com'"),
  algorithms: mustBe.listOfTexts("algorithms: ['ES256']"),
  keys: mustBe.aList("keys: [generateTestKey('ES256')]"),
  clock: mustBe.aClock,
  scopes: mustBe.listOfTexts("scopes: ['read:users']"),
  clients: mustBe.aList('clients: [client]'),
};

/**
 * An issuer for tests of an API: real keys, real signatures, any token.
 *
 * ```ts
 * const issuer = testIssuer();
 * const server = createResourceServer({
 *   issuer: authly({ issuer: issuer.issuer, jwks: issuer.jwks }),
 *   audience: issuer.audience,
 * });
 * await server.verify(issuer.aToken({ sub: 'u-17', scope: 'read:users' }));
 * ```
 *
 * With `like` its tokens are those of a provider, so that the API is tested with the preset that it has
 * in production: see {@link ProviderTestIssuer}.
 *
 * ```ts
 * const issuer = testIssuer({ like: 'auth0' });
 * const server = createResourceServer({
 *   issuer: auth0({ domain: 'acme.eu.auth0.com', fetch: issuer.fetch }),
 *   audience: issuer.audience,
 * });
 * await server.verify(issuer.aUserToken({ scope: 'read:users' }));
 * ```
 *
 * Keys are made once in a process for each issuer and algorithm.
 *
 * @throws ConfigurationError for an unknown option, for a `like` that is not the name of a preset, and for
 * options that `createIssuer` refuses.
 */
export function testIssuer<Like extends LikePreset>(
  options: ProviderTestIssuerOptions<Like>,
): ProviderTestIssuer<Like>;
export function testIssuer(options?: TestIssuerOptions): TestIssuer;
export function testIssuer(
  options: TestIssuerOptions | ProviderTestIssuerOptions<LikePreset> = {},
): TestIssuer | ProviderTestIssuer<LikePreset> {
  if (isForProvider(options)) return providerTestIssuer(options);
  const { issuer = 'https://issuer.test', algorithms = ['ES256'] } = checkOptions(
    'testIssuer()',
    options,
    OPTIONS,
  );
  return build(issuer, options, () => algorithms.map((name) => cachedTestKey(issuer, name)));
}

function isForProvider(
  options: TestIssuerOptions | ProviderTestIssuerOptions<LikePreset>,
): options is ProviderTestIssuerOptions<LikePreset> {
  return typeof options === 'object' && options !== null && Object.hasOwn(options, 'like');
}

function build(
  issuer: string,
  options: TestIssuerOptions,
  makeKeys: () => readonly TestKey[],
): TestIssuer {
  const { audience = 'https://api.test', clock = systemClock, scopes = ['read:users'] } = options;
  const keys = options.keys ?? makeKeys();
  const { secret, hash } = generateClientSecret();
  const clientId = DEFAULT_CLIENT_ID;
  const registered: Client = { clientId, secretHashes: [hash], scopes, audiences: [audience] };
  const { handler } = createIssuer({
    issuer,
    clock,
    scopes,
    keys: keys.map(({ privateJwk }) => privateJwk),
    clients: memoryClientStore([registered, ...(options.clients ?? [])]),
  });
  const source = {
    ...{ issuer, audience, clock, keys: () => keys },
    keyOption: (algorithm: Algorithm) => `algorithms: ['${algorithm}']`,
  };
  const aUserToken = userTokenBuilder(source);
  return Object.freeze({
    issuer,
    audience,
    jwks: Object.freeze({ keys: Object.freeze(keys.map(({ publicJwk }) => publicJwk)) }),
    keys,
    client: Object.freeze({ clientId, clientSecret: secret }),
    handler,
    aToken: aUserToken,
    aUserToken,
    aClientToken: clientTokenBuilder(source),
    listen: () => listen(options),
  });
}

async function listen(options: TestIssuerOptions): Promise<ListeningTestIssuer> {
  const { algorithms = ['ES256'] } = options;
  const server = await openLoopbackServer();
  try {
    const issuer = build(server.origin, options, () =>
      algorithms.map((name) => generateTestKey(name, `test-${name}`)),
    );
    server.serve(issuer.handler);
    return Object.freeze({ ...issuer, close: server.close });
  } catch (error) {
    await server.close();
    throw error;
  }
}
