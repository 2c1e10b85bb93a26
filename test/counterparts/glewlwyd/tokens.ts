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

/** The redirect URI of the web application. Nothing listens there. */
const REDIRECT_URI = 'http://127.0.0.1:1/callback';
/** The password of every person. */
export const PASSWORD = 'a-password-of-a-person';
const SCOPES = `openid ${SCOPE}`;

// The server does not decode the header (RFC 6749 §2.3.1), so an id that has to be encoded, such as
// one with a hyphen, must go into the form. For a machine that sends its id in the form, the server
// does not store the id.
export const WEB = inTheForm('courier-web');
export const MACHINE: Registered = { id: 'nightlysync', secret: 'aSecretOfNightlysync' };
export const HYPHENATED = inTheForm('nightly-sync');
export const ASKING = inTheForm('parcels-api');
export const ASKING_BY_HEADER: Registered = { id: 'parcelsapi', secret: 'aSecretOfParcelsapi' };

/** People. One of them has the name of a client. */
export const DANA = 'dana';
export const TWIN = MACHINE.id;

/** Another API. A token with the same scope can be for it. */
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

/** Makes the server send logout tokens to the back end of the web application. */
export async function tellOfSignOuts({ administrator }: Glewlwyd, url: string): Promise<void> {
  await administrator.send('PUT', `/client/${WEB.id}`, {
    ...clientOf(WEB, WEB_GRANTS),
    backchannel_logout_uri: url,
  });
}

/** Options of {@link signInAt}. By default the token is for the API. */
export interface SignInOptions {
  readonly resource?: string;
  readonly key?: BindingKey;
}

/** A person who is signed in at the server, with the browser that has the session. */
export function personAt({ api }: Glewlwyd, username: string): Promise<Session> {
  return aSession(api, { username, password: PASSWORD });
}

/** Signs a person in, and gives consent that the web application may call the API. */
export async function signInAt(
  server: Glewlwyd,
  username: string,
  options: SignInOptions = {},
): Promise<Tokens> {
  return signInOf(server, await personAt(server, username), options);
}

/** Signs a person in at the web application who is already signed in at the server. */
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

/** Options of {@link machineAt}. By default {@link MACHINE} gets a token for the API. */
export interface MachineOptions {
  readonly client?: Registered;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly key?: BindingKey;
}

/** Gets a machine's token. */
export function machineAt(
  { issuer }: Glewlwyd,
  { client = MACHINE, parameters = { resource: AUDIENCE }, key }: MachineOptions = {},
): Promise<string> {
  return machineToken(issuer, client, { scope: SCOPE, ...parameters }, key);
}

/**
 * The browser of a person who is signed in. The server redirects it to the client without showing a
 * page.
 */
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
