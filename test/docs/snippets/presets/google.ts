// #region server
import { createResourceServer } from '@authly/express';
import { google } from '@authly/express/providers';

const issuer = google({ serviceAccounts: ['nightly@acme-prod.iam.gserviceaccount.com'] });
const resourceServer = createResourceServer({
  issuer,
  audience: ['https://api.acme.com', '4471-web.apps.googleusercontent.com'],
});

// #endregion

export { issuer, resourceServer };
