// #region server
import { createResourceServer } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const issuer = auth0({ domain: 'acme.eu.auth0.com', rolesClaim: 'https://acme.com/roles' });
const resourceServer = createResourceServer({ issuer, audience: 'https://api.acme.com' });
// #endregion

interface SignIn {
  readonly authorization?: { readonly roles: readonly string[] };
}

interface Api {
  readonly accessToken: { setCustomClaim(name: string, value: readonly string[]): void };
}

// #region action
async function onExecutePostLogin(event: SignIn, api: Api) {
  api.accessToken.setCustomClaim('https://acme.com/roles', event.authorization?.roles ?? []);
}

// #endregion

export { issuer, onExecutePostLogin, resourceServer };
