import type { TokenSource } from '@authly/client';
// #region failures
import { isTokenSourceError } from '@authly/client';

async function invoicesOrNone(billing: TokenSource): Promise<unknown> {
  try {
    const response = await billing.fetch('https://billing.acme.com/invoices');
    return await response.json();
  } catch (error) {
    if (isTokenSourceError(error) && error.status === 503) return [];
    throw error;
  }
}

// #endregion

export { invoicesOrNone };
