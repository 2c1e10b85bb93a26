import { createHash, randomBytes } from 'node:crypto';
import { SCOPE } from '../frame/api-under-test.ts';
import { textIn } from '../frame/json-members.ts';
import type { Registered, Tokens } from '../frame/openid-login.ts';
import { aBrowser } from '../sign-in.ts';

const REDIRECT_URI = 'http://127.0.0.1:1/callback';

/**
 * Signs a person in at the server's own pages. openid-client cannot: the server's ID tokens name the API as
 * an audience, too, and have no `azp` (OpenID Connect Core §3.1.3.7).
 */
export async function signInAt(
  issuer: string,
  { id, secret }: Registered,
  person: string,
): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const start = new URL('/oauth/authorize', issuer);
  start.search = new URLSearchParams({
    response_type: 'code',
    client_id: id,
    redirect_uri: REDIRECT_URI,
    scope: `openid ${SCOPE}`,
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const fields = { login: person, password: 'a-password-of-a-person' };
  const back = await aBrowser().visit({ start, redirectUri: REDIRECT_URI, fields });
  const response = await fetch(`${issuer}/oauth/token`, {
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
