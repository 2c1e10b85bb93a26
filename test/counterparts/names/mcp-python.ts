import { fileURLToPath } from 'node:url';
import type { ClientCounterpart } from '../counterpart.ts';
import { runTool } from '../external-tool.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { answersIn, meetMcpServers } from '../mcp-client.ts';

const PACKAGE = 'mcp==2.3.0';
const CLIENT = fileURLToPath(new URL('../mcp-python/client.py', import.meta.url));

/** The Python SDK of MCP, unmodified, from PyPI. */
export const counterpart: ClientCounterpart = {
  description: `the MCP client of Python (${PACKAGE}), at the example's MCP servers`,
  async meet() {
    const python = await pythonEnvironment('mcp-python', [PACKAGE]);
    return meetMcpServers(async (calls, env) =>
      answersIn(await runTool([python, CLIENT, JSON.stringify(calls)], PYTHON, { env })),
    );
  },
};
