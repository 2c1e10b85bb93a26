import * as client from 'openid-client';
import type { Visitor } from '../sign-in.ts';
import { textIn } from './json-members.ts';

/** A client of the server, by its id and secret. */
export interface Registered {
  readonly id: string;
  readonly secret: string;
  /**
   * Whether the secret goes into the form, for servers that do not decode the header (RFC 6749
   * §2.3.1). Default: it goes into the header.
   */
  readonly secretIn?: 'form';
}

/** A WebCrypto key pair that tokens are bound to. */
export type BindingKey = client.CryptoKeyPair;

/** The tokens of a sign-in, or of a machine. */
export interface Tokens {
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
}

/** How a user signs in. */
export interface Login {
  readonly client: Registered;
  readonly redirectUri: string;
  readonly scope: string;
  /** Parameters for the authorization endpoint only. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly browser: Visitor;
  /** The values for the fields of the server's forms. */
  readonly fields: Readonly<Record<string, string>>;
  /** The key to which the token will be bound. */
  readonly key?: BindingKey;
}

/**
 * Signs a user in as a web application does, with openid-client: authorization code, PKCE, `state`
 * and `nonce`.
 */
export async function signedIn(issuer: string, login: Login): Promise<Tokens> {
  const configuration = await discovered(issuer, login.client);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const start = client.buildAuthorizationUrl(configuration, {
    redirect_uri: login.redirectUri,
    scope: login.scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...login.parameters,
  });
  const back = await login.browser.visit({ ...login, start });
  return textsOf(
    await client.authorizationCodeGrant(
      configuration,
      back,
      { pkceCodeVerifier, expectedState, expectedNonce },
      undefined,
      proving(configuration, login.key),
    ),
  );
}

/** Gets a new access token with a refresh token. Without a key the request has no DPoP proof. */
export async function refreshedToken(
  issuer: string,
  registered: Registered,
  refreshToken: string,
): Promise<string> {
  const configuration = await discovered(issuer, registered);
  return (await client.refreshTokenGrant(configuration, refreshToken)).access_token;
}

/**
 * Gets a machine's token with client credentials. `parameters` are sent too, for example `resource`
 * or `audience`.
 */
export async function machineToken(
  issuer: string,
  registered: Registered,
  parameters: Readonly<Record<string, string>>,
  key?: BindingKey,
): Promise<string> {
  const configuration = await discovered(issuer, registered);
  const proofs = proving(configuration, key);
  return (await client.clientCredentialsGrant(configuration, parameters, proofs)).access_token;
}

/** Exchanges a token as a client (RFC 8693), and returns the new one. */
export async function exchangedToken(
  issuer: string,
  registered: Registered,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  return tokenByGrant(issuer, registered, grant, parameters);
}

/** Gets a token with another grant, such as `password`. */
export async function tokenByGrant(
  issuer: string,
  registered: Registered,
  grant: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const configuration = await discovered(issuer, registered);
  return (await client.genericGrantRequest(configuration, grant, parameters)).access_token;
}

/** Revokes a token (RFC 7009). */
export async function revoke(issuer: string, registered: Registered, token: string): Promise<void> {
  await client.tokenRevocation(await discovered(issuer, registered), token);
}

/** How a user signs out. */
export interface SignOut {
  readonly client: Registered;
  readonly tokens: Tokens;
  /** The browser in which the user has signed in. */
  readonly browser: Visitor;
  readonly goodbyeUri: string;
}

/** Signs a user out at the server (OpenID Connect RP-Initiated Logout). */
export async function signOut(
  issuer: string,
  { client: registered, tokens, browser, goodbyeUri }: SignOut,
): Promise<void> {
  const start = client.buildEndSessionUrl(await discovered(issuer, registered), {
    id_token_hint: tokens.idToken,
    post_logout_redirect_uri: goodbyeUri,
  });
  await browser.visit({ start, redirectUri: goodbyeUri, fields: {} });
}

/** A key to bind tokens to. */
export function aKey(): Promise<BindingKey> {
  return client.randomDPoPKeyPair('ES256');
}

function discovered(
  issuer: string,
  { id, secret, secretIn }: Registered,
): Promise<client.Configuration> {
  const authentication =
    secretIn === 'form' ? client.ClientSecretPost(secret) : client.ClientSecretBasic(secret);
  return client.discovery(new URL(issuer), id, undefined, authentication, {
    execute: [client.allowInsecureRequests],
  });
}

function proving(
  configuration: client.Configuration,
  key: BindingKey | undefined,
): client.DPoPOptions | undefined {
  return key && { DPoP: client.getDPoPHandle(configuration, key) };
}

function textsOf(tokens: client.TokenEndpointResponse): Tokens {
  return {
    accessToken: tokens.access_token,
    idToken: tokens.id_token ?? '',
    refreshToken: tokens.refresh_token ?? '',
  };
}

/** Reads a claim of a token without verifying it. The trial has just received this token itself. */
export function unverifiedClaim(token: string, name: string): string {
  return textIn(unverifiedPart(token, 1), name);
}

/** Reads the id of the key that signed the token, without verifying it. */
export function unverifiedKeyId(token: string): string {
  return textIn(unverifiedPart(token, 0), 'kid');
}

function unverifiedPart(token: string, index: number): unknown {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}
