import type { Client } from '@modelcontextprotocol/client';
import { connect, machine, withToken } from './client.ts';
import type { RunningExample } from './start.ts';

/** Shows who may do what: two machines that know a URL and their own secret, and a user. */
export async function demonstrate(
  { url, issuer, reader, writer }: RunningExample,
  print: (line: string) => void,
): Promise<void> {
  // The user has signed in elsewhere, and has this token from there.
  const { accessToken } = await issuer.userToken({
    identity: { provider: 'demo', externalId: 'ada' },
    clientId: 'notes-app',
    audience: url,
    scopes: ['notes:read'],
  });
  const clients = {
    'machine "reader"': await connect(url, machine(reader)),
    'machine "writer"': await connect(url, machine(writer)),
    'user "ada"': await connect(url, withToken(accessToken)),
  };
  for (const [who, client] of Object.entries(clients)) {
    print(`${who}:`);
    print(`  whoami      ${await outcome(client, 'whoami')}`);
    print(`  add_note    ${await outcome(client, 'add_note', { note: 'buy milk' })}`);
    print(`  my_profile  ${await outcome(client, 'my_profile')}`);
    await client.close();
  }
}

async function outcome(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<string> {
  try {
    const { content } = await client.callTool({ name, arguments: args });
    return content.map((part) => (part.type === 'text' ? part.text : part.type)).join(' ');
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}
