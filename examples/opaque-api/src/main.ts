import { createServer } from 'node:http';
import { oidcProvider } from '@authly/express/providers';
import { createApp } from './app.ts';

// ISSUER, AUDIENCE, CLIENT_ID and CLIENT_SECRET; PORT is optional. Put your own server's preset, or its
// recipe of docs/opaque-tokens.md, in place of `oidcProvider`.
const app = createApp({
  issuer: oidcProvider({ issuer: required('ISSUER'), subjectNamespaces: 'disjoint' }),
  audience: required('AUDIENCE'),
  client: { id: required('CLIENT_ID'), secret: required('CLIENT_SECRET') },
  onEvent: (event) => {
    if (event.type !== 'request.authenticated') console.error(JSON.stringify(event));
  },
});

const server = createServer(app);
server.listen(Number(process.env['PORT'] ?? 3000), () => {
  console.log('Listening on', server.address());
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}`);
  return value;
}
