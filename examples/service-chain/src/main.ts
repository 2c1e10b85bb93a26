import { startChain } from './chain.ts';
import { getInvoice } from './mcp-client.ts';

const chain = await startChain((line) => console.log(line));
for (const user of ['ada', 'bob']) {
  const authorization = `Bearer ${await chain.userToken(user)}`;
  const response = await fetch(`${chain.ordersUrl}/orders/7`, { headers: { authorization } });
  console.log(`${user}: ${response.status} ${await response.text()}`);
}
console.log(`ada: ${await getInvoice(chain.mcpUrl, await chain.mcpToken('ada'), '7')}`);
await chain.close();
