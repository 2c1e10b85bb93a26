import {
  authenticate,
  createResourceServer,
  principalOf,
  protectedResourceMetadata,
  requireScope,
} from '@authly/express';
import { authly } from '@authly/express/providers';
import { authorizeTool, setAuthInfo } from '@authly/mcp';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import express, { type Express, type RequestHandler } from 'express';
import { NOTES_SCOPES, notesServerFactory, TOOL_REQUIREMENTS } from './notes-server.ts';

/** Where this server is, and who issues the tokens for it. */
export interface AppOptions {
  /** The URL of the MCP endpoint, as clients write it: also the audience of their tokens. */
  readonly url: string;
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
}

/**
 * An MCP server (streamable HTTP) on Express that accepts users and machines, and knows which is
 * which.
 */
export function createApp({ url, issuer }: AppOptions): Express {
  const resourceServer = createResourceServer({
    issuer: authly(issuer),
    audience: url,
    scopeImplies: NOTES_SCOPES,
    // MCP clients' clocks may be off by five minutes (SEP-1932).
    dpop: { mode: 'when-bound', maxAgeSec: 300, futureSec: 300 },
  });
  const { pathname, hostname } = new URL(url);
  const mcp = toNodeHandler(createMcpHandler(notesServerFactory()));

  const app = express();
  // What a client asks for at first. A tool that needs more says so in its refusal.
  const scopes = ['notes:read'];
  app.use(
    protectedResourceMetadata(resourceServer, { name: 'Notes', scopes, challengeScopes: scopes }),
  );
  app.all(
    pathname,
    sameSite(hostname),
    authenticate(resourceServer),
    requireScope('notes:read'),
    express.json(),
    authorizeTool(TOOL_REQUIREMENTS),
    async (request, response) => {
      setAuthInfo(request, principalOf(request), resourceServer);
      await mcp(request, response, request.body);
    },
  );
  return app;
}

/** Refuses web pages of other origins, also with DNS rebinding (MCP, Streamable HTTP). */
function sameSite(hostname: string): RequestHandler {
  const hostIsOurs = hostHeaderValidation([hostname]);
  const originIsOurs = originValidation([hostname]);
  return (request, response, next) => {
    if (hostIsOurs(request, response) && originIsOurs(request, response)) next();
  };
}
