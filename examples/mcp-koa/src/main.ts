import { demonstrate, startExample } from '@authly-examples/mcp-express';
import { koaServers } from './servers.ts';

const example = await startExample(koaServers);
console.log(`MCP server at ${example.url}, tokens from ${example.issuer.issuer}`);
await demonstrate(example, console.log);
await example.close();
