import { createServer } from 'node:http';
import { authly } from '@authly/express/providers';
import { createApp } from './app.ts';

// ISSUER and AUDIENCE; PORT is optional. Put your own provider's preset in place of `authly`.
const app = createApp({
  issuer: authly(required('ISSUER')),
  audience: required('AUDIENCE'),
  onEvent: (event) => {
    if (event.type !== 'request.authenticated') console.error(JSON.stringify(event));
  },
  log: ({ method, path, status, caller, refusal }) =>
    console.log(method, path, status, caller?.key ?? '-', refusal?.reason ?? '-'),
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
