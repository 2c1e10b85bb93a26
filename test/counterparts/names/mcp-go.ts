import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientCounterpart } from '../counterpart.ts';
import { cacheFolder, runTool } from '../external-tool.ts';
import { answersIn, meetMcpServers } from '../mcp-client.ts';

const NEEDS = 'go, 1.25 or later';
const SOURCE = fileURLToPath(new URL('../mcp-go/', import.meta.url));

/** The Go SDK of MCP, unmodified, from the Go module proxy. */
export const counterpart: ClientCounterpart = {
  description: "the MCP client of Go (go-sdk v1.8.0), at the example's MCP servers",
  async meet() {
    const folder = cacheFolder('mcp-go');
    const client = join(folder, 'client');
    await runTool(['go', 'build', '-modcacherw', '-o', client, '.'], NEEDS, {
      cwd: SOURCE,
      env: { GOMODCACHE: join(folder, 'modules'), GOTOOLCHAIN: 'local' },
    });
    return meetMcpServers(async (calls, env) =>
      answersIn(await runTool([client, JSON.stringify(calls)], NEEDS, { env })),
    );
  },
};
