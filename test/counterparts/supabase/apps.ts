import { textIn } from '../frame/json-members.ts';
import { type Registered, signedIn, type Tokens } from '../frame/openid-login.ts';
import { ask, projectKey } from './people.ts';

/** The redirect URI of an app. Nothing listens there. */
const REDIRECT_URI = 'http://127.0.0.1:1/callback';

/** Registers an app at the project's OAuth server. */
export async function registerApp(issuer: string, name: string): Promise<Registered> {
  const body = {
    client_name: name,
    redirect_uris: [REDIRECT_URI],
    // The server does not decode the header, and its client ids have hyphens, so they must go into
    // the form.
    token_endpoint_auth_method: 'client_secret_post',
  };
  const app = await ask(issuer, 'POST', '/admin/oauth/clients', {
    ...{ token: projectKey('service_role'), body },
  });
  return { id: textIn(app, 'client_id'), secret: textIn(app, 'client_secret'), secretIn: 'form' };
}

/**
 * Allows an app to call for a person, as the consent page of a project does. `token` is the
 * person's session.
 */
export function allowApp(issuer: string, app: Registered, token: string): Promise<Tokens> {
  return signedIn(issuer, {
    client: app,
    redirectUri: REDIRECT_URI,
    scope: 'openid email',
    browser: {
      async visit({ start, redirectUri }) {
        const response = await fetch(start, { redirect: 'manual' });
        const consent = new URL(response.headers.get('location') ?? '', start);
        const id = consent.searchParams.get('authorization_id') ?? '';
        const path = `/oauth/authorizations/${id}`;
        const details = await ask(issuer, 'GET', path, { token });
        // If the person has allowed the app before, the server redirects at once.
        const known = textIn(details, 'redirect_url');
        const answer =
          known === ''
            ? await ask(issuer, 'POST', `${path}/consent`, { token, body: { action: 'approve' } })
            : details;
        const back = new URL(textIn(answer, 'redirect_url'));
        if (back.href.startsWith(redirectUri)) return back;
        throw new Error(`Not sent back, but to ${back.href}`);
      },
    },
    fields: {},
  });
}

/** The answer of the server to an app that asks for a token for itself. */
export async function clientCredentialsAt(issuer: string, app: Registered): Promise<string> {
  const response = await fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: app.id,
      client_secret: app.secret,
    }),
  });
  return `${response.status} ${textIn(await response.json(), 'error')}`;
}
