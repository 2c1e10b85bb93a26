import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** Calls the tool of the MCP server with a user's token, and gives the text that it answers. */
export async function getInvoice(url: string, token: string, id: string): Promise<string> {
  const client = new Client(
    { name: 'invoices-client', version: '1.0.0' },
    { versionNegotiation: { mode: 'auto' } },
  );
  const authProvider = { token: async () => token };
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
  const { content } = await client.callTool({ name: 'get_invoice', arguments: { id } });
  await client.close();
  const [first] = Array.isArray(content) ? content : [];
  return first?.type === 'text' ? first.text : '';
}
