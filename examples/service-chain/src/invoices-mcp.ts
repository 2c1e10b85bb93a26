import {
  authenticate,
  createResourceServer,
  principalOf,
  protectedResourceMetadata,
  requireScope,
} from '@authly/express';
import { rfc9068 } from '@authly/express/providers';
import { principalFrom, setAuthInfo } from '@authly/mcp';
import { hostHeaderValidation, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import express, { type Express } from 'express';
import { z } from 'zod';
import { describeCaller } from './describe-caller.ts';
import type { Downstream, ServiceOptions } from './service.ts';

/**
 * An MCP server whose tool calls the billing API for its user. The MCP specification forbids to send the
 * client's token to other APIs. So it is exchanged for a token that the billing API accepts, and that names
 * this server as the actor.
 */
export function createInvoicesMcp(
  { issuer, url, print }: ServiceOptions,
  billing: Downstream,
): Express {
  const resourceServer = createResourceServer({ issuer: rfc9068({ issuer }), audience: url });
  const { pathname, hostname } = new URL(url);
  const [hostIsOurs, originIsOurs] = [
    hostHeaderValidation([hostname]),
    originValidation([hostname]),
  ];
  const handler = toNodeHandler(
    createMcpHandler(() => {
      const server = new McpServer({ name: 'invoices', version: '1.0.0' });
      server.registerTool(
        'get_invoice',
        { description: 'Shows an invoice', inputSchema: z.object({ id: z.string().max(64) }) },
        async ({ id }, context) => {
          const info = context.http?.authInfo;
          print(`mcp:     ${describeCaller(principalFrom(info))}`);
          const answer = await billing.tokens
            .onBehalfOf(info?.token ?? '')
            .fetch(`${billing.url}/invoices/${encodeURIComponent(id)}`);
          return { content: [{ type: 'text', text: await answer.text() }] };
        },
      );
      return server;
    }),
  );

  const app = express();
  app.use(protectedResourceMetadata(resourceServer, { name: 'Invoices' }));
  app.all(
    pathname,
    (request, response, next) => {
      if (hostIsOurs(request, response) && originIsOurs(request, response)) next();
    },
    authenticate(resourceServer),
    requireScope('read:invoices'),
    express.json(),
    async (request, response) => {
      setAuthInfo(request, principalOf(request), resourceServer);
      await handler(request, response, request.body);
    },
  );
  return app;
}
