import { expressServers, startExample } from '@authly-examples/mcp-express';
import { koaServers } from '@authly-examples/mcp-koa';
import type { Meeting } from './counterpart.ts';

/** The environment of an MCP client: the server that it calls, and its credentials. */
export type McpEnvironment = Readonly<Record<string, string>>;

/**
 * Runs a client with tools to call. Resolves with one answer for each tool, or with fewer if the
 * session ended early.
 */
export type RunMcpClient = (
  calls: readonly ToolCall[],
  environment: McpEnvironment,
) => Promise<readonly string[]>;

type ToolCall = readonly [name: string, args: Readonly<Record<string, unknown>>];

/** The calls of each caller, and the expected results. */
const CALLS: Readonly<Record<Caller, readonly (readonly [...ToolCall, expected: string])[]>> = {
  'machine "writer"': [
    ['whoami', {}, 'client writer'],
    ['add_note', { note: 'x' }, 'note 1 kept'],
    ['my_profile', {}, 'Only a user may do this'],
    ['whoami', {}, 'client writer'],
  ],
  'user "ada"': [
    ['whoami', {}, 'user demo|ada, through notes-app'],
    ['my_profile', {}, 'demo|ada at http'],
    ['add_note', { note: 'x' }, 'The access token lacks a scope that this resource needs'],
    ['whoami', {}, 'user demo|ada, through notes-app'],
  ],
};

type Caller = 'machine "writer"' | 'user "ada"';

const SERVERS = { Express: expressServers, Koa: koaServers } as const;

/**
 * Lets another client call the MCP servers of the example: as a machine with its own credentials,
 * and as a user with a token.
 */
export async function meetMcpServers(run: RunMcpClient): Promise<readonly Meeting[]> {
  const answers: Record<string, Record<Caller, readonly string[]>> = {};
  for (const [name, servers] of Object.entries(SERVERS)) {
    const example = await startExample(servers);
    try {
      const { url, writer, issuer } = example;
      const { accessToken } = await issuer.userToken({
        identity: { provider: 'demo', externalId: 'ada' },
        clientId: 'notes-app',
        audience: url,
        scopes: ['notes:read'],
      });
      const machine = {
        MCP_CLIENT_ID: writer.clientId,
        MCP_CLIENT_SECRET: writer.clientSecret,
        MCP_ISSUER: writer.issuer,
      };
      answers[name] = {
        'machine "writer"': await run(callsOf('machine "writer"'), { MCP_URL: url, ...machine }),
        'user "ada"': await run(callsOf('user "ada"'), { MCP_URL: url, MCP_TOKEN: accessToken }),
      };
    } finally {
      await example.close();
    }
  }
  return (['machine "writer"', 'user "ada"'] as const).flatMap((caller) =>
    CALLS[caller].map(([action, , expected], index) => ({
      caller,
      action,
      expected,
      answers: Object.fromEntries(
        Object.entries(answers).map(([name, given]) => [name, given[caller][index] ?? 'no answer']),
      ),
    })),
  );
}

/** The answers that a client printed: JSON texts, one a line. */
export function answersIn(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('"'))
    .map((line) => String(JSON.parse(line)));
}

function callsOf(caller: Caller): readonly ToolCall[] {
  return CALLS[caller].map(([name, args]) => [name, args]);
}
