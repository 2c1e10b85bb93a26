import * as client from 'openid-client';
import type { Visitor } from '../sign-in.ts';
import { textIn } from './json-members.ts';

/** A client of the server, by its id and secret. */
export interface Registered {
  readonly id: string;
  readonly secret: string;
  /** For servers that do not decode what is in the header (RFC 6749 §2.3.1). Default: in the header. */
  readonly secretIn?: 'form';
}

/** A key pair that tokens are bound to, of WebCrypto. */
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
  /** Asked for at the authorization endpoint, and nowhere else. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly browser: Visitor;
  /** What is typed into the pages' forms. */
  readonly fields: Readonly<Record<string, string>>;
  /** A key that the token is to be bound to. */
  readonly key?: BindingKey;
}

/** Signs a user in as a web application has it done: code, PKCE, `state` and `nonce`, by openid-client. */
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

/** A new access token by a refresh token; without a key the request has no proof. */
export async function refreshedToken(
  issuer: string,
  registered: Registered,
  refreshToken: string,
): Promise<string> {
  const configuration = await discovered(issuer, registered);
  return (await client.refreshTokenGrant(configuration, refreshToken)).access_token;
}

/** A machine's token by client credentials; `parameters` such as `resource` or `audience`. */
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

/** A token that a client has exchanged (RFC 8693). */
export async function exchangedToken(
  issuer: string,
  registered: Registered,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const grant = 'urn:ietf:params:oauth:grant-type:token-exchange';
  return tokenByGrant(issuer, registered, grant, parameters);
}

/** A token by a grant of any other name, such as `password`. */
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
  /** The browser in which they have signed in. */
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

/** A claim of a token that the trial itself has just been given. Nothing is verified. */
export function unverifiedClaim(token: string, name: string): string {
  return textIn(unverifiedPart(token, 1), name);
}

/** The id of the key that signed such a token. */
export function unverifiedKeyId(token: string): string {
  return textIn(unverifiedPart(token, 0), 'kid');
}

function unverifiedPart(token: string, index: number): unknown {
  return JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString());
}
