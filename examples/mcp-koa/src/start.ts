import type { RequestListener } from 'node:http';
import type { HttpHandler } from '@authly/koa';
import type { AppOptions } from './app.ts';
import { type AuthorizationServer, createAuthorizationServer } from './authorization-server.ts';
import { openLoopbackServer } from './loopback-server.ts';

/** How a framework serves the MCP server and the authorization server. */
export interface Servers {
  readonly mcpServer: (options: AppOptions) => RequestListener;
  readonly authorizationServer: (handler: HttpHandler) => RequestListener;
}

/** An MCP server and its authorization server, each on a port of its own. */
export interface RunningExample extends AuthorizationServer {
  /** The MCP endpoint. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts both on free ports of this machine. */
export async function startExample(servers: Servers): Promise<RunningExample> {
  const [authorization, mcp] = [await openLoopbackServer(), await openLoopbackServer()];
  const url = `${mcp.origin}/mcp`;
  const created = await createAuthorizationServer(authorization.origin, url);
  authorization.serve(servers.authorizationServer(created.issuer.handler));
  mcp.serve(servers.mcpServer({ url, issuer: authorization.origin }));
  return {
    ...created,
    url,
    async close() {
      await Promise.all([mcp.close(), authorization.close()]);
    },
  };
}
