import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const index = readFileSync(new URL('../../docs/README.md', import.meta.url), 'utf8');
const rows = index.split('\n').filter((line) => line.startsWith('| '));

// Readers search the index for the word of the specification or of their library.
it.each([
  ['DPoP', 'bound-tokens.md'],
  ['mutual TLS', 'bound-tokens.md'],
  ['opaque', 'opaque-tokens.md'],
  ['introspection', 'opaque-tokens.md'],
  ['sign-out', 'revocation.md'],
  ['Redis', 'many-processes.md'],
  ['back-channel logout', 'signals.md'],
  ['CAEP', 'signals.md'],
  ['WebSockets', 'sockets.md'],
  ['SSE', 'sockets.md'],
  ['client credentials', 'calling-services.md'],
  ['token exchange', 'calling-services.md'],
  ['MCP', 'mcp.md'],
  ['express-oauth2-jwt-bearer', 'migrating.md'],
  ['test my API', 'typescript-and-tests.md'],
  ['CommonJS', 'typescript-and-tests.md'],
  ['alert', 'observability.md'],
  ['cookie', 'front-doors.md'],
  ['AI agents', 'callers.md'],
  ['OpenAPI', 'http.md'],
])('docs/README.md leads from the word %s to %s', (word, page) => {
  expect(rows.some((row) => row.includes(word) && row.includes(`](${page}`))).toBe(true);
});
