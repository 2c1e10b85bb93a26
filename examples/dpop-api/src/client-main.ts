import { createDpopClient } from './dpop-client.ts';
import { requiredSetting } from './required-setting.ts';

// ISSUER, CLIENT_ID, CLIENT_SECRET, API_RESOURCE and API_URL.
const client = await createDpopClient({
  issuer: requiredSetting('ISSUER'),
  clientId: requiredSetting('CLIENT_ID'),
  clientSecret: requiredSetting('CLIENT_SECRET'),
  resource: requiredSetting('API_RESOURCE'),
  apiUrl: requiredSetting('API_URL'),
});

const response = await client.fetch('/me');
console.log(response.status, await response.text());
