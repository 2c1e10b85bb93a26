import { randomBytes } from 'node:crypto';
import { clientSecretBasic, type TokenSource, tokenSource } from '@authly/client';
import { type Client, createAuthorizationServer } from './authorization-server.ts';
import { createBillingApi } from './billing-api.ts';
import { createInvoicesMcp } from './invoices-mcp.ts';
import { createLedgerApi } from './ledger-api.ts';
import { openLoopbackServer } from './loopback-server.ts';
import { createOrdersApi } from './orders-api.ts';

/** Three APIs, an MCP server and their authorization server, each on a port of its own. */
export interface Chain {
  readonly ordersUrl: string;
  readonly billingUrl: string;
  /** The MCP endpoint. */
  readonly mcpUrl: string;
  /** A token of a user for the orders API. */
  userToken(user: string): Promise<string>;
  /** A token of a user for the MCP server. */
  mcpToken(user: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * Starts the chain: orders (Express) calls billing (Koa), which calls the ledger (Koa); an MCP server does the
 * same in place of orders.
 */
export async function startChain(print: (line: string) => void): Promise<Chain> {
  const servers = await Promise.all(Array.from({ length: 5 }, openLoopbackServer));
  const [authorization, orders, billing, ledger, mcp] = servers;
  if (!authorization || !orders || !billing || !ledger || !mcp)
    throw new Error('A server is missing');
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
  const mcpUrl = `${mcp.origin}/mcp`;
  const mcpClient: Client = {
    id: 'invoices-mcp',
    secret: randomBytes(32).toString('base64url'),
    api: mcpUrl,
    target: billing.origin,
    scopes: 'read:invoices',
  };
  const clients = [ordersClient, billingClient, mcpClient];
  const server = await createAuthorizationServer(issuer, clients);
  const sources = clients.map((client) => tokensFor(issuer, client));
  const [toBilling, toLedger, fromMcp] = sources;
  if (!toBilling || !toLedger || !fromMcp) throw new Error('A source is missing');

  const common = { issuer, print };
  const ordersApi = createOrdersApi(
    { ...common, url: orders.origin },
    { url: billing.origin, tokens: toBilling },
  );
  const billingApi = createBillingApi(
    { ...common, url: billing.origin },
    { url: ledger.origin, tokens: toLedger },
  );
  const invoicesMcp = createInvoicesMcp(
    { ...common, url: mcpUrl },
    { url: billing.origin, tokens: fromMcp },
  );
  authorization.serve(server.listener);
  mcp.serve(invoicesMcp);
  orders.serve(ordersApi);
  billing.serve(billingApi.callback());
  ledger.serve(createLedgerApi({ ...common, url: ledger.origin }).callback());

  return {
    ordersUrl: orders.origin,
    billingUrl: billing.origin,
    mcpUrl,
    mcpToken: (user) => server.userToken(user, mcpUrl, 'read:invoices'),
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
