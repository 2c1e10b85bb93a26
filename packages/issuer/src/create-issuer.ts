import {
  type Clock,
  ConfigurationError,
  checkOptions,
  type HttpHandler,
  type OptionNames,
  type StandardSchemaV1,
  systemClock,
} from '@authly/core';
import type { JWK } from 'jose';
import { authorizationEndpoint } from './authorization-endpoint.ts';
import type { ClaimsInput, ClaimsMember, UserClaimsInput } from './claims-input.ts';
import { createClientAuthenticator } from './client-authentication.ts';
import {
  type ClientCredentialsProvider,
  createClientCredentialsProvider,
} from './client-credentials-provider.ts';
import type { ClientStore } from './client-store.ts';
import { eventReporter, type IssuerEventListener } from './events.ts';
import type { IssuedToken } from './issued-token.ts';
import { type IssuerLocations, locateIssuer } from './issuer-identifier.ts';
import { jwksEndpoint } from './jwks-endpoint.ts';
import { isLifetime } from './lifetime.ts';
import {
  type AuthorizationServerMetadata,
  issuerMetadata,
  metadataEndpoint,
} from './metadata-endpoint.ts';
import { isScope } from './scope.ts';
import { type PublicJwkSet, prepareSigningKeys } from './signing-key.ts';
import { tokenEndpoint } from './token-endpoint.ts';
import { createTokenMinter, type TokenGrant, type UserGrant } from './token-minter.ts';

/** What an issuer is made from. */
export interface IssuerOptions<Schema extends StandardSchemaV1 | undefined = undefined> {
  /**
   * The issuer's identifier: an https URL (http on loopback only) without query and fragment. It is
   * `iss` of every token, exactly as written here.
   */
  readonly issuer: string;
  /**
   * Private JWKs with a `kid`, as of `generateSigningKey`. The first signs; the others are
   * published: a next key before it signs, an old one (its public half is enough) until its last
   * token expired. Every process of the issuer needs the same keys.
   */
  readonly keys: readonly JWK[];
  /** The machines that may get tokens at the token endpoint. */
  readonly clients: ClientStore;
  /** Scopes to show as `scopes_supported`. Default: not shown. It restricts nothing. */
  readonly scopes?: readonly string[];
  /**
   * A Standard Schema (zod, valibot, arktype), the same that the resource servers have: it types
   * the custom claims, and every token is validated with it before it is signed. All claims of the token are
   * validated, as a resource server will see them. The token gets the schema's input, not its output.
   */
  readonly claims?: Schema;
  /** How long tokens live unless said otherwise, in seconds, 1 to 86400. Default 600. */
  readonly accessTokenLifetimeSec?: number;
  /** The time. Default: the machine's. */
  readonly clock?: Clock;
  /** Makes a `jti`, unique for each token. Default: a random UUID. */
  readonly newTokenId?: () => string;
  /** Called for every token that is issued or refused. */
  readonly onEvent?: IssuerEventListener;
}

/** What to mint a user's token from; see {@link Issuer.userToken}. */
export type UserTokenRequest<Schema extends StandardSchemaV1 | undefined = undefined> = UserGrant &
  ClaimsMember<UserClaimsInput<Schema>>;

/** What to mint a client's token from; see {@link Issuer.clientToken}. */
export type ClientTokenRequest<Schema extends StandardSchemaV1 | undefined = undefined> =
  TokenGrant & ClaimsMember<ClaimsInput<Schema>>;

/** The endpoints one by one, for a server that routes itself. Each answers whatever the path. */
export interface IssuerEndpoints {
  readonly authorization: HttpHandler;
  readonly token: HttpHandler;
  readonly jwks: HttpHandler;
  readonly metadata: HttpHandler;
}

/** An issuer of RFC 9068 access tokens. Printing it does not show its keys. */
export interface Issuer<Schema extends StandardSchemaV1 | undefined = undefined> {
  readonly issuer: string;
  /**
   * All endpoints under their paths from the origin's root: mount it there, since RFC 8414 §3.1
   * puts the metadata of `https://example.com/auth` outside of `/auth`. Requests for other paths are passed on.
   */
  readonly handler: HttpHandler;
  readonly endpoints: IssuerEndpoints;
  /** The client credentials grant without HTTP. */
  readonly clientCredentials: ClientCredentialsProvider;
  /**
   * Mints a token for a user whom your code has authenticated. It checks only the form of its input. Your code
   * must know who the user is, and which client and scopes are right. Read `accessToken` of the result by name:
   * the object as JSON has no token, on purpose.
   *
   * @throws IssuanceError when what is asked for makes no valid token.
   */
  userToken(request: UserTokenRequest<Schema>): Promise<IssuedToken>;
  /**
   * Mints a token for a client that your code has authenticated. Like {@link userToken}, it checks only the
   * form of its input.
   *
   * @throws IssuanceError when what is asked for makes no valid token.
   */
  clientToken(request: ClientTokenRequest<Schema>): Promise<IssuedToken>;
  /** The public keys. */
  jwks(): PublicJwkSet;
  metadata(): AuthorizationServerMetadata;
}

const OPTIONS: OptionNames<IssuerOptions> = {
  issuer: true,
  keys: true,
  clients: true,
  scopes: true,
  claims: true,
  accessTokenLifetimeSec: true,
  clock: true,
  newTokenId: true,
  onEvent: true,
};

const OPTIONS_LINE =
  "createIssuer({ issuer: 'https://auth.acme.com', keys: [await generateSigningKey()], clients: memoryClientStore([…]) })";

/** Short, because a token cannot be withdrawn; long enough that machines ask rarely. */
const DEFAULT_LIFETIME_SEC = 600;

/**
 * Makes an issuer of access tokens for users and machines (RFC 9068): it mints users' tokens in
 * code, and serves a token endpoint for the client credentials grant (RFC 6749 §4.4), the public
 * keys and the metadata (RFC 8414). It has no login, no refresh tokens and no storage of its own.
 *
 * @throws ConfigurationError that says what to write instead.
 */
export function createIssuer<Schema extends StandardSchemaV1 | undefined = undefined>(
  options: IssuerOptions<Schema>,
): Issuer<Schema> {
  const {
    accessTokenLifetimeSec = DEFAULT_LIFETIME_SEC,
    clock = systemClock,
    scopes,
  } = checkOptions('createIssuer()', options, OPTIONS, OPTIONS_LINE);
  if (!isLifetime(accessTokenLifetimeSec)) {
    throw new ConfigurationError('`accessTokenLifetimeSec` is 1 to 86400 whole seconds');
  }
  if (scopes !== undefined && !scopes.every(isScope)) {
    throw new ConfigurationError(
      '`scopes` has a malformed scope: each entry must be one scope, without spaces',
    );
  }
  // An array also has `find`; without this check the mistake would look like an outage of the token endpoint.
  if (typeof options.clients?.find !== 'function' || Array.isArray(options.clients)) {
    throw new ConfigurationError(
      '`clients` must be a client store, such as clients: memoryClientStore([…])',
    );
  }
  const locations = locateIssuer(options.issuer);
  const keys = prepareSigningKeys(options.keys);
  const metadata = issuerMetadata(locations, scopes, keys.published);
  const report = eventReporter(options.onEvent);
  const minter = createTokenMinter({
    issuer: locations.issuer,
    keys,
    clock,
    accessTokenLifetimeSec,
    claims: options.claims,
    report,
    ...(options.newTokenId !== undefined && { newTokenId: options.newTokenId }),
  });
  const clientCredentials = createClientCredentialsProvider({
    authenticate: createClientAuthenticator(options.clients),
    minter,
    report,
  });
  const endpoints = Object.freeze({
    authorization: authorizationEndpoint(),
    token: tokenEndpoint({ clientCredentials, realm: locations.issuer, report }),
    jwks: jwksEndpoint(keys.published),
    metadata: metadataEndpoint(metadata),
  });
  return Object.freeze({
    issuer: locations.issuer,
    handler: route(locations, endpoints),
    endpoints,
    clientCredentials,
    userToken: (request: UserTokenRequest<Schema>) => minter.user(request),
    clientToken: (request: ClientTokenRequest<Schema>) => minter.client(request),
    jwks: () => keys.published,
    metadata: () => metadata,
  });
}

function route(locations: IssuerLocations, endpoints: IssuerEndpoints): HttpHandler {
  const routes = new Map<string, HttpHandler>([
    [locations.authorization.path, endpoints.authorization],
    [locations.token.path, endpoints.token],
    [locations.jwks.path, endpoints.jwks],
    ...locations.metadataPaths.map((path) => [path, endpoints.metadata] as const),
  ]);
  return (request) => routes.get(request.path)?.(request);
}
