export { type Chain, startChain } from './chain.ts';
export { getInvoice } from './mcp-client.ts';
