// #region server
import { createResourceServer } from '@authly/express';
import { workos } from '@authly/express/providers';

const issuer = workos('https://acme.authkit.app');
const resourceServer = createResourceServer({
  issuer,
  audience: ['https://api.acme.com', 'client_01ENV'],
});
// #endregion

// #region sessions
const sessions = workos({ sessionsOf: 'client_01ENV' });

// #endregion

export { issuer, resourceServer, sessions };
