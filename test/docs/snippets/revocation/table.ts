const rows = new Set<string>();
const db = {
  rows,
  isUp: true,
  async isRevoked(issuers: readonly string[], tokenId: string | undefined): Promise<boolean> {
    if (!db.isUp) throw new Error('The database is down');
    return issuers.some((issuer) => rows.has(`${issuer} ${tokenId}`));
  },
};

// #region table
import { createResourceServer } from '@authly/express';
import { auth0 } from '@authly/express/providers';

const resourceServer = createResourceServer({
  issuer: auth0('acme.eu.auth0.com'),
  audience: 'https://api.acme.com',
  revocation: {
    store: {
      retainSec: Number.POSITIVE_INFINITY, // Rows are never deleted.
      isRevoked: async ({ issuers, tokenId }) => await db.isRevoked(issuers, tokenId),
    },
    timeoutMs: 100,
  },
  onEvent(event) {
    if (event.type === 'store.failed')
      report(`The store of ${event.store} is down: ${event.outcome}`);
  },
});
// #endregion

const reports: string[] = [];
function report(text: string): void {
  reports.push(text);
}

export { db, reports, resourceServer };
