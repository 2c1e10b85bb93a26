import type { AudienceProvider } from '@authly/express/providers';

const url = 'https://mcp.acme.com/mcp';

export function createApp(issuer: AudienceProvider, handler: express.RequestHandler) {
  // #region mcp
  const resourceServer = createResourceServer({ issuer, audience: url });
  const app = express();
  app.post(
    '/mcp',
    authenticate(resourceServer),
    express.json(),
    authorizeTool({ whoami: null, add_note: scope('notes:write') }),
    (req, _res, next) => {
      setAuthInfo(req, principalOf(req), resourceServer);
      next();
    },
    handler, // of the MCP SDK
  );
  // #endregion
  return app;
}

// #region imports
import { authenticate, createResourceServer, principalOf, scope } from '@authly/express';
import { authorizeTool, setAuthInfo } from '@authly/mcp';
import express from 'express';
// #endregion
