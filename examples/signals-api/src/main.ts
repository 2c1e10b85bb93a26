import { createServer } from 'node:http';
import { keycloak } from '@authly/express/providers';
import { createApp } from './app.ts';

// ISSUER, AUDIENCE and CLIENT_ID; STREAM_CLIENT and STREAM_AUTHORIZATION where there is a stream; PORT. Put
// your own issuer's preset in place of `keycloak`.
const authorization = process.env['STREAM_AUTHORIZATION'];
const app = createApp({
  issuer: keycloak(required('ISSUER')),
  audience: required('AUDIENCE'),
  clientId: required('CLIENT_ID'),
  ...(authorization !== undefined && {
    stream: { audience: required('STREAM_CLIENT'), authorization },
  }),
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
