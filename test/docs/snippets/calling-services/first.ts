// #region first
import { readFile } from 'node:fs/promises';
import { clientSecretBasic, tokenSource } from '@authly/client';

export const billing = tokenSource({
  issuer: 'https://auth.acme.com',
  client: clientSecretBasic('orders-api', () => readFile('/run/secrets/orders-api', 'utf8')),
  resource: 'https://billing.acme.com',
  scope: 'read:invoices',
});

export async function openInvoices(): Promise<unknown> {
  const response = await billing.fetch('https://billing.acme.com/invoices?state=open');
  return response.json();
}
// #endregion
