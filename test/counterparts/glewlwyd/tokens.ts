import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import {
  type BindingKey,
  machineToken,
  type Registered,
  signedIn,
  type Tokens,
} from '../frame/openid-login.ts';
import type { Visitor } from '../sign-in.ts';
import type { Glewlwyd } from './server.ts';
import { aSession, type Session } from './session.ts';

/** Where the web application waits. Nothing listens there. */
const REDIRECT_URI = 'http://127.0.0.1:1/callback';
/** Everybody's. */
export const PASSWORD = 'a-password-of-a-person';
const SCOPES = `openid ${SCOPE}`;

// The server does not decode the header (RFC 6749 §2.3.1), so an id that has to be encoded, such as
// one with a hyphen, goes into the form. What it keeps of a machine that is there is without the id.
export const WEB = inTheForm('courier-web');
export const MACHINE: Registered = { id: 'nightlysync', secret: 'aSecretOfNightlysync' };
export const HYPHENATED = inTheForm('nightly-sync');
export const ASKING = inTheForm('parcels-api');
export const ASKING_BY_HEADER: Registered = { id: 'parcelsapi', secret: 'aSecretOfParcelsapi' };

/** People: one of them took the name of a client. */
export const DANA = 'dana';
export const TWIN = MACHINE.id;

/** Another API that tokens with the same scope can be for. */
export const ANOTHER_API = `${AUDIENCE}/letters`;

/** Registers the clients, the scope and the people. */
export async function register({ administrator }: Glewlwyd): Promise<void> {
  await administrator.send('POST', '/scope/', {
    name: SCOPE,
    display_name: 'Read parcels',
    password_required: true,
    password_max_age: 0,
    scheme: {},
  });
  await administrator.send('POST', '/client/', clientOf(WEB, WEB_GRANTS));
  for (const each of [MACHINE, HYPHENATED, ASKING, ASKING_BY_HEADER]) {
    await administrator.send('POST', '/client/', clientOf(each, ['client_credentials']));
  }
  for (const username of [DANA, TWIN]) {
    await administrator.send('POST', '/user/', {
      username,
      name: username,
      password: PASSWORD,
      scope: ['openid', SCOPE, 'g_profile'],
      enabled: true,
    });
  }
}

const WEB_GRANTS = ['code', 'refresh_token', 'password'];

function clientOf({ id, secret }: Registered, grants: readonly string[]): object {
  return {
    client_id: id,
    name: id,
    client_secret: secret,
    confidential: true,
    enabled: true,
    authorization_type: grants,
    redirect_uri: [REDIRECT_URI],
    token_endpoint_auth_method: ['client_secret_basic', 'client_secret_post'],
    scope: [SCOPE],
  };
}

function inTheForm(id: string): Registered {
  return { id, secret: `a-secret-of-${id}`, secretIn: 'form' };
}

/** Has the web application's back end told of sign-outs. */
export async function tellOfSignOuts({ administrator }: Glewlwyd, url: string): Promise<void> {
  await administrator.send('PUT', `/client/${WEB.id}`, {
    ...clientOf(WEB, WEB_GRANTS),
    backchannel_logout_uri: url,
  });
}

/** How a {@link signInAt} differs from that for the API. */
export interface SignInOptions {
  readonly resource?: string;
  readonly key?: BindingKey;
}

/** A person at the server, whose browser knows it. */
export function personAt({ api }: Glewlwyd, username: string): Promise<Session> {
  return aSession(api, { username, password: PASSWORD });
}

/** Signs a person in, who lets the web application call the API. */
export async function signInAt(
  server: Glewlwyd,
  username: string,
  options: SignInOptions = {},
): Promise<Tokens> {
  return signInOf(server, await personAt(server, username), options);
}

/** Signs in a person who is at the server already. */
export async function signInOf(
  { issuer }: Glewlwyd,
  person: Session,
  { resource = AUDIENCE, key }: SignInOptions = {},
): Promise<Tokens> {
  await person.send('PUT', `/auth/grant/${WEB.id}/`, { scope: SCOPES });
  return signedIn(issuer, {
    client: WEB,
    redirectUri: REDIRECT_URI,
    scope: SCOPES,
    parameters: { resource, g_continue: '' },
    browser: browserOf(person),
    fields: {},
    ...(key !== undefined && { key }),
  });
}

/** How a {@link machineAt} differs from that of {@link MACHINE} for the API. */
export interface MachineOptions {
  readonly client?: Registered;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly key?: BindingKey;
}

/** A machine's token. */
export function machineAt(
  { issuer }: Glewlwyd,
  { client = MACHINE, parameters = { resource: AUDIENCE }, key }: MachineOptions = {},
): Promise<string> {
  return machineToken(issuer, client, { scope: SCOPE, ...parameters }, key);
}

/** The browser of somebody who is signed in: the server sends it straight back to the client. */
function browserOf({ cookie }: Session): Visitor {
  return {
    async visit({ start, redirectUri }) {
      const response = await fetch(start, { redirect: 'manual', headers: { cookie } });
      const location = new URL(response.headers.get('location') ?? '', start);
      if (location.href.startsWith(redirectUri)) return location;
      throw new Error(`Not sent back, but to ${location.href}: ${response.status}`);
    },
  };
}
