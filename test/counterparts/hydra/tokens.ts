import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import {
  type BindingKey,
  machineToken,
  type Registered,
  signedIn,
  type Tokens,
} from '../frame/openid-login.ts';
import { aBrowser, type Browser } from '../sign-in.ts';
import type { Hydra } from './server.ts';

/** The redirect URI of the web application. Nothing listens there. */
const REDIRECT_URI = 'http://127.0.0.1:1/callback';
export const GOODBYE_URI = 'http://127.0.0.1:1/goodbye';

export const WEB: Registered = { id: 'courier-web', secret: 'a-secret-of-courier-web' };
export const MACHINE: Registered = { id: 'nightly-sync', secret: 'a-secret-of-nightly-sync' };

/**
 * The clients may request this audience, too, since an allowed audience covers all paths below it.
 */
export const AUDIENCE_BELOW = `${AUDIENCE}/v1`;

/** Registers a web application and a machine. */
export async function registerClients({ admin }: Hydra): Promise<void> {
  const common = {
    scope: `openid offline_access ${SCOPE}`,
    audience: [AUDIENCE],
    token_endpoint_auth_method: 'client_secret_basic',
  };
  await admin('POST', '/clients', {
    ...common,
    client_id: MACHINE.id,
    client_secret: MACHINE.secret,
    grant_types: ['client_credentials'],
  });
  await admin('POST', '/clients', {
    ...common,
    client_id: WEB.id,
    client_secret: WEB.secret,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [REDIRECT_URI],
    post_logout_redirect_uris: [GOODBYE_URI],
  });
}

/** Makes the server send logout tokens to the back end of the web application. */
export async function tellOfSignOuts({ admin }: Hydra, url: string): Promise<void> {
  await admin('PATCH', `/clients/${WEB.id}`, [
    { op: 'replace', path: '/backchannel_logout_uri', value: url },
    { op: 'replace', path: '/backchannel_logout_session_required', value: true },
  ]);
}

/** Options of {@link signInAt}. By default `dana` signs in for the API, in a new browser. */
export interface SignInOptions {
  readonly subject?: string;
  readonly browser?: Browser;
}

/** Signs a person in at the log-in app. */
export function signInAt(
  { issuer }: Hydra,
  { subject = 'dana', browser = aBrowser() }: SignInOptions = {},
): Promise<Tokens> {
  return signedIn(issuer, {
    client: WEB,
    redirectUri: REDIRECT_URI,
    scope: `openid offline_access ${SCOPE}`,
    parameters: { audience: AUDIENCE, login_hint: subject },
    browser,
    fields: {},
  });
}

/** Gets a machine's token. It is for the API unless `parameters` say otherwise. */
export function machineAt(
  { issuer }: Hydra,
  parameters: Readonly<Record<string, string>> = { audience: AUDIENCE },
  key?: BindingKey,
): Promise<string> {
  return machineToken(issuer, MACHINE, { scope: SCOPE, ...parameters }, key);
}
