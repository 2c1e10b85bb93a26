import { readFileSync } from 'node:fs';
import { createMtlsClient } from './mtls-client.ts';
import { requiredSetting } from './required-setting.ts';

// TOKEN_ENDPOINT, CLIENT_ID, CLIENT_CERT and CLIENT_KEY (files in PEM), API_RESOURCE and API_URL; CA (a
// file) is optional.
const ca = process.env['CA'];
const client = createMtlsClient({
  tokenEndpoint: requiredSetting('TOKEN_ENDPOINT'),
  clientId: requiredSetting('CLIENT_ID'),
  cert: readFileSync(requiredSetting('CLIENT_CERT'), 'utf8'),
  key: readFileSync(requiredSetting('CLIENT_KEY'), 'utf8'),
  resource: requiredSetting('API_RESOURCE'),
  apiUrl: requiredSetting('API_URL'),
  ...(ca && { ca: readFileSync(ca, 'utf8') }),
});

const { status, text } = await client.fetch('/me');
console.log(status, text);
client.close();
