import { type Chain, getInvoice, startChain } from '@authly-examples/service-chain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runExample } from './child.ts';

let chain: Chain;
const printed: string[] = [];

beforeAll(async () => {
  chain = await startChain((line) => printed.push(line));
});

beforeEach(() => {
  printed.length = 0;
});

afterAll(() => chain.close());

async function order(token: string): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${chain.ordersUrl}/orders/7`, { headers });
  return { status: response.status, text: await response.text() };
}

describe('the chain of services', () => {
  it('knows at its end for whom each service acts, and which services acted before', async () => {
    const { status, text } = await order(await chain.userToken('ada'));
    expect([status, JSON.parse(text)]).toMatchObject([
      200,
      {
        order: '7',
        invoice: { entry: { amount: 4200, seenBy: expect.stringMatching(/^user:.*:ada$/) } },
      },
    ]);
    expect(printed).toEqual([
      'orders:  user ada, through web-app',
      'billing: user ada, through orders-api',
      'ledger:  user ada, through billing-api, before it orders-api',
    ]);
  });

  it('never takes one user for another, whatever runs at the same time', async () => {
    const users = Array.from({ length: 20 }, (_each, index) => `user-${index}`);
    const seen = await Promise.all(
      users.map(async (user) => {
        const { text } = await order(await chain.userToken(user));
        return JSON.parse(text).invoice.entry.seenBy.split(':').at(-1);
      }),
    );
    expect(seen).toEqual(users);
  });

  it('calls as itself where it acts for nobody', async () => {
    const headers = { authorization: `Bearer ${await chain.userToken('ada')}` };
    const response = await fetch(`${chain.ordersUrl}/health/billing`, { headers });
    expect([response.status, await response.json()]).toEqual([200, { healthy: true }]);
    expect(printed).toEqual(['billing: client orders-api']);
  });

  it('refuses at the next API a token for the API before it', async () => {
    const headers = { authorization: `Bearer ${await chain.userToken('ada')}` };
    expect((await fetch(`${chain.billingUrl}/invoices/7`, { headers })).status).toBe(401);
  });

  it('is called by an MCP server with an exchanged token, never with the client’s own', async () => {
    const text = await getInvoice(chain.mcpUrl, await chain.mcpToken('ada'), '7');
    expect(JSON.parse(text)).toMatchObject({ entry: { amount: 4200 } });
    expect(printed).toEqual([
      'mcp:     user ada, through web-app',
      'billing: user ada, through invoices-mcp',
      'ledger:  user ada, through billing-api, before it invoices-mcp',
    ]);
  });

  it('runs by itself, and ends', async () => {
    const { exitCode, stdout, stderr } = await runExample('service-chain').ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('ledger:  user bob, through billing-api, before it orders-api');
    expect(stdout).toMatch(/^ada: \{"entry":\{"amount":4200/m);
  }, 30_000);
});
