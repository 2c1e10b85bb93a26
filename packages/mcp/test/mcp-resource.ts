import {
  createResourceServer,
  type ResourceServer,
  type ResourceServerOptions,
} from '@authly/core';
import { authly } from '@authly/core/providers';
import { type TestIssuer, testIssuer } from '@authly/testing';
import { onTestFinished } from 'vitest';

/** The MCP server that the tests' tokens are for. */
export const MCP_URL = 'https://mcp.example.com/mcp';

/** Issues tokens for {@link MCP_URL}. */
export const issuer: TestIssuer = testIssuer({ audience: MCP_URL });

/** A resource server for {@link MCP_URL}; closed after the test. */
export function anMcpResource(options: Partial<ResourceServerOptions> = {}): ResourceServer {
  const { issuer: iss, jwks } = issuer;
  const server = createResourceServer({
    issuer: authly({ issuer: iss, jwks }),
    audience: MCP_URL,
    ...options,
  } as ResourceServerOptions);
  onTestFinished(() => server.close());
  return server;
}
