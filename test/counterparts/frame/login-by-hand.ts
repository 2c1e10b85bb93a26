import { createHash, randomBytes } from 'node:crypto';
import { aBrowser } from '../sign-in.ts';
import { textIn } from './json-members.ts';
import type { Registered, Tokens } from './openid-login.ts';

const REDIRECT_URI = 'http://127.0.0.1:1/callback';

/** A sign-in at a server whose ID tokens openid-client does not accept. */
export interface LoginByHand {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly client: Registered;
  readonly scope: string;
  /** The values for the fields of the server's forms. */
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Signs a person in with an authorization code and PKCE, on the server's own pages. The answer is
 * not verified.
 */
export async function signedInByHand(login: LoginByHand): Promise<Tokens> {
  const { id, secret } = login.client;
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL(login.authorizationEndpoint);
  start.search = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: REDIRECT_URI,
    scope: login.scope,
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const { fields } = login;
  const back = await aBrowser().visit({ start, redirectUri: REDIRECT_URI, fields });
  const response = await fetch(login.tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: back.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`No token: ${response.status} ${JSON.stringify(body)}`);
  return {
    accessToken: textIn(body, 'access_token'),
    idToken: textIn(body, 'id_token'),
    refreshToken: textIn(body, 'refresh_token'),
  };
}
