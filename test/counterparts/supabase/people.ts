import { createHmac } from 'node:crypto';
import { memberIn, textIn } from '../frame/json-members.ts';
import { PROJECT_SECRET } from './server.ts';

const PASSWORD = 'a-password-of-a-person';

/** The result of a sign-in. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly userId: string;
}

/**
 * Signs a person up. Without an e-mail address the person is anonymous. `headers` are sent with the
 * request.
 */
export async function signUp(
  issuer: string,
  email: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<Session> {
  const body = email === undefined ? {} : { email, password: PASSWORD };
  return sessionOf(await ask(issuer, 'POST', '/signup', { body, headers }));
}

/** Signs a person in again. */
export async function signIn(issuer: string, email: string): Promise<Session> {
  const body = { email, password: PASSWORD };
  return sessionOf(await ask(issuer, 'POST', '/token?grant_type=password', { body }));
}

/** Gets a new token of the same session. */
export async function refresh(issuer: string, refreshToken: string): Promise<Session> {
  const body = { refresh_token: refreshToken };
  return sessionOf(await ask(issuer, 'POST', '/token?grant_type=refresh_token', { body }));
}

/** Ends the session. */
export async function signOut(issuer: string, token: string): Promise<void> {
  await ask(issuer, 'POST', '/logout?scope=local', { token });
}

/**
 * One of the two older keys of the project: a JWT that is signed with its secret and valid for ten
 * years.
 */
export function projectKey(role: 'anon' | 'service_role'): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { role, iss: 'supabase', iat: now, exp: now + 10 * 365 * 86_400 };
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createHmac('sha256', PROJECT_SECRET).update(signed).digest('base64url')}`;
}

/** Sends one request to the server, and returns the body of the answer. */
export async function ask(
  issuer: string,
  method: 'GET' | 'POST',
  path: string,
  sent: {
    readonly token?: string;
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<unknown> {
  const response = await fetch(`${issuer}${path}`, {
    method,
    headers: {
      ...sent.headers,
      'content-type': 'application/json',
      ...(sent.token !== undefined && { authorization: `Bearer ${sent.token}` }),
    },
    ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function sessionOf(body: unknown): Session {
  return {
    accessToken: textIn(body, 'access_token'),
    refreshToken: textIn(body, 'refresh_token'),
    userId: textIn(memberIn(body, 'user'), 'id'),
  };
}
