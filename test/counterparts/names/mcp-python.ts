import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientCounterpart } from '../counterpart.ts';
import { cacheFolder, runTool } from '../external-tool.ts';
import { answersIn, meetMcpServers } from '../mcp-client.ts';

const NEEDS = 'python3, 3.10 or later, with venv and pip';
const PACKAGE = 'mcp==2.3.0';
const CLIENT = fileURLToPath(new URL('../mcp-python/client.py', import.meta.url));

/** The Python SDK of MCP, unmodified, from PyPI. */
export const counterpart: ClientCounterpart = {
  description: `the MCP client of Python (${PACKAGE}), at the example's MCP servers`,
  async meet() {
    const python = await installed();
    return meetMcpServers(async (calls, env) =>
      answersIn(await runTool([python, CLIENT, JSON.stringify(calls)], NEEDS, { env })),
    );
  },
};

async function installed(): Promise<string> {
  const folder = cacheFolder('mcp-python');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) await runTool(['python3', '-m', 'venv', folder], NEEDS);
  await runTool([python, '-m', 'pip', 'install', '--quiet', PACKAGE], NEEDS);
  return python;
}
