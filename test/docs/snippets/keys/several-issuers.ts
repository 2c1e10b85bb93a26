import express from 'express';

const app = express();

// #region several-issuers
import { authenticate, createResourceServer } from '@authly/express';
import { authly, cognito, entra } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuers: [
    {
      ...entra('8a1f2c34-5b6d-4e7f-9a0b-1c2d3e4f5a6b'),
      audience: 'c0ffee00-1111-4222-8333-444455556666',
    },
    { ...authly('https://auth.acme.com'), audience: 'https://api.acme.com' },
    // Cognito sends no audience: its preset checks the client instead.
    cognito({ userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['6k2v9h'] }),
  ],
});

app.use(authenticate(resourceServer));

// #endregion

export { app, resourceServer };
