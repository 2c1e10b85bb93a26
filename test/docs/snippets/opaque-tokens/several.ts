// #region several
import { anonymous, clientSecretBasic, createResourceServer } from '@authly/express';
import { hydra, spring } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuers: [
    {
      ...hydra({ issuer: 'https://login.acme.com', subjectNamespaces: 'disjoint' }),
      audience: 'https://api.acme.com',
      introspection: {
        client: anonymous(),
        endpoint: 'https://hydra-admin.acme.internal/admin/oauth2/introspect',
        matches: (token) => token.startsWith('ory_at_'),
      },
    },
    {
      ...spring({ issuer: 'https://auth.acme.com', subjectNamespaces: 'disjoint' }),
      audience: 'https://api.acme.com',
      introspection: {
        client: clientSecretBasic('orders-api', process.env['INTROSPECTION_SECRET'] ?? ''),
        matches: (token) => /^[\w-]{128}$/.test(token),
      },
    },
  ],
});

// #endregion

export { resourceServer };
