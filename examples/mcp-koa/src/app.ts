import {
  authenticate,
  createResourceServer,
  principalOf,
  protectedResourceMetadata,
  requireScope,
} from '@authly/koa';
import { authly } from '@authly/koa/providers';
import { authorizeTool, setAuthInfo } from '@authly/mcp';
import { bodyParser } from '@koa/bodyparser';
import { Router } from '@koa/router';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import Koa, { type Middleware } from 'koa';
import { NOTES_SCOPES, notesServerFactory, TOOL_REQUIREMENTS } from './notes-server.ts';

/** Where this server is, and who issues the tokens for it. */
export interface AppOptions {
  /** The URL of the MCP endpoint, as clients write it: also the audience of their tokens. */
  readonly url: string;
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
}

/** The same MCP server on Koa, which the MCP SDK has no adapter for: its Node handler is enough. */
export function createApp({ url, issuer }: AppOptions): Koa {
  const resourceServer = createResourceServer({
    issuer: authly(issuer),
    audience: url,
    scopeImplies: NOTES_SCOPES,
    // MCP clients' clocks may be off by five minutes (SEP-1932).
    dpop: { mode: 'when-bound', maxAgeSec: 300, futureSec: 300 },
  });
  const { pathname, hostname } = new URL(url);
  const mcp = toNodeHandler(createMcpHandler(notesServerFactory()));
  const router = new Router();
  router.all(
    pathname,
    sameSite(hostname),
    authenticate(resourceServer),
    requireScope('notes:read'),
    bodyParser({ enableTypes: ['json'] }),
    authorizeTool(TOOL_REQUIREMENTS),
    async (context) => {
      setAuthInfo(context, principalOf(context), resourceServer);
      // The SDK answers on Node's response itself: Koa must not.
      context.respond = false;
      const { req, res, method, url } = context;
      // Only for TypeScript: in Node's types these two may be missing, in the SDK's types they are required.
      await mcp(Object.assign(req, { method, url }), res, context.request.body);
    },
  );

  const app = new Koa();
  // What a client asks for at first. A tool that needs more says so in its refusal.
  const scopes = ['notes:read'];
  app.use(
    protectedResourceMetadata(resourceServer, { name: 'Notes', scopes, challengeScopes: scopes }),
  );
  app.use(router.routes());
  return app;
}

/** Refuses web pages of other origins, also with DNS rebinding (MCP, Streamable HTTP). */
function sameSite(hostname: string): Middleware {
  const hostIsOurs = hostHeaderValidation([hostname]);
  const originIsOurs = originValidation([hostname]);
  return (context, next) => {
    if (hostIsOurs(context.req, context.res) && originIsOurs(context.req, context.res)) {
      return next();
    }
    context.respond = false;
    return undefined;
  };
}
