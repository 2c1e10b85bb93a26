import { demonstrate } from './demo.ts';
import { koaServers } from './servers.ts';
import { startExample } from './start.ts';

const example = await startExample(koaServers);
console.log(`MCP server at ${example.url}, tokens from ${example.issuer.issuer}`);
await demonstrate(example, console.log);
await example.close();
