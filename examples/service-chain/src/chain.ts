import { randomBytes } from 'node:crypto';
import { clientSecretBasic, type TokenSource, tokenSource } from '@authly/client';
import { type Client, createAuthorizationServer } from './authorization-server.ts';
import { createBillingApi } from './billing-api.ts';
import { createLedgerApi } from './ledger-api.ts';
import { openLoopbackServer } from './loopback-server.ts';
import { createOrdersApi } from './orders-api.ts';

/** The three APIs and their authorization server, each on a port of its own. */
export interface Chain {
  readonly ordersUrl: string;
  readonly billingUrl: string;
  /** A token of a user for the orders API. */
  userToken(user: string): Promise<string>;
  close(): Promise<void>;
}

/** Starts the chain: orders (Express) calls billing (Koa), which calls the ledger (Koa). */
export async function startChain(print: (line: string) => void): Promise<Chain> {
  const servers = [];
  for (let count = 0; count < 4; count++) servers.push(await openLoopbackServer());
  const [authorization, orders, billing, ledger] = servers;
  if (!authorization || !orders || !billing || !ledger) throw new Error('A server is missing');
  const issuer = authorization.origin;

  const ordersClient: Client = {
    id: 'orders-api',
    secret: randomBytes(32).toString('base64url'),
    api: orders.origin,
    target: billing.origin,
    scopes: 'read:invoices',
  };
  const billingClient: Client = {
    id: 'billing-api',
    secret: randomBytes(32).toString('base64url'),
    api: billing.origin,
    target: ledger.origin,
    scopes: 'read:entries',
  };
  const server = await createAuthorizationServer(issuer, [ordersClient, billingClient]);
  const sources = [ordersClient, billingClient].map((client) => tokensFor(issuer, client));
  const [toBilling, toLedger] = sources;
  if (!toBilling || !toLedger) throw new Error('A source is missing');

  const common = { issuer, print };
  const ordersApi = createOrdersApi(
    { ...common, url: orders.origin },
    { url: billing.origin, tokens: toBilling },
  );
  const billingApi = createBillingApi(
    { ...common, url: billing.origin },
    { url: ledger.origin, tokens: toLedger },
  );
  authorization.serve(server.listener);
  orders.serve(ordersApi);
  billing.serve(billingApi.callback());
  ledger.serve(createLedgerApi({ ...common, url: ledger.origin }).callback());

  return {
    ordersUrl: orders.origin,
    billingUrl: billing.origin,
    userToken: (user) => server.userToken(user, orders.origin, 'read:orders'),
    async close() {
      for (const source of sources) source.close();
      await Promise.all(servers.map((each) => each.close()));
    },
  };
}

function tokensFor(issuer: string, { id, secret, target, scopes }: Client): TokenSource {
  return tokenSource({
    issuer,
    client: clientSecretBasic(id, secret),
    resource: target,
    scope: scopes,
  });
}
