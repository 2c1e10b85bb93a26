import { createApiClient } from './api-client.ts';
import { createTokenSource } from './token-source.ts';

// ISSUER, CLIENT_ID, CLIENT_SECRET, API_RESOURCE and API_URL; SCOPE is optional.
const { SCOPE } = process.env;

const tokens = createTokenSource({
  issuer: required('ISSUER'),
  clientId: required('CLIENT_ID'),
  clientSecret: required('CLIENT_SECRET'),
  resource: required('API_RESOURCE'),
  ...(SCOPE !== undefined && { scope: SCOPE }),
});
const api = createApiClient(required('API_URL'), tokens);

const response = await api.fetch('/orders');
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}`);
  return value;
}
