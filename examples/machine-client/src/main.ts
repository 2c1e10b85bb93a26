import { createOrdersClient } from './orders-client.ts';

// ISSUER, CLIENT_ID, CLIENT_SECRET, API_RESOURCE and API_URL; SCOPE is optional.
const orders = createOrdersClient({
  issuer: required('ISSUER'),
  clientId: required('CLIENT_ID'),
  clientSecret: required('CLIENT_SECRET'),
  resource: required('API_RESOURCE'),
  apiUrl: required('API_URL'),
  scope: process.env['SCOPE'],
});

const response = await orders.fetch('/orders');
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;
orders.close();

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}`);
  return value;
}
