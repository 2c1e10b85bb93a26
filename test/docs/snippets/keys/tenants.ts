interface Database {
  query(text: string, values: readonly unknown[]): Promise<{ rows: { issuer: string }[] }>;
}

export function serverFor(db: Database) {
  return createServer(db);
}

// #region tenants
import { createResourceServer } from '@authly/express';
import { rfc9068 } from '@authly/express/providers';

function createServer(db: Database) {
  return createResourceServer({
    issuers: async (iss) => {
      const found = await db.query('SELECT issuer FROM tenants WHERE issuer = $1', [iss]);
      const [tenant] = found.rows;
      // Nobody's: the token is refused with 401. A throw would be an outage: 503.
      if (tenant === undefined) return undefined;
      return { ...rfc9068(tenant.issuer), audience: 'https://api.acme.com' };
    },
    // More than there are active tenants; a tenant that is removed is out within 5 minutes.
    issuerCache: { maxIssuers: 5_000, foundForSec: 300 },
  });
}
// #endregion
