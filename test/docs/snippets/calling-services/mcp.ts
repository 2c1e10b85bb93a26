// #region mcp
import type { TokenSource } from '@authly/client';
import type { AuthInfo } from '@authly/mcp';

/** Of a tool: `context.http?.authInfo` is what `setAuthInfo` has left there. */
async function invoiceFor(authInfo: AuthInfo, billing: TokenSource, id: string): Promise<string> {
  const asUser = billing.onBehalfOf(authInfo.token);
  const response = await asUser.fetch(`https://billing.acme.com/invoices/${id}`);
  return response.text();
}

// #endregion

export { invoiceFor };
