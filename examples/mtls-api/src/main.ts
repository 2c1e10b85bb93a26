import { readFileSync } from 'node:fs';
import { nodeFetch } from '@authly/express/node';
import { authly } from '@authly/express/providers';
import { createApp } from './app.ts';
import { requiredSetting } from './required-setting.ts';
import { createTlsServer } from './server.ts';

// ISSUER, AUDIENCE, TLS_CERT and TLS_KEY (files in PEM); PORT and CA (a file) are optional. Put your own
// provider's preset in place of `authly`.
const issuer = authly(requiredSetting('ISSUER'));
const audience = requiredSetting('AUDIENCE');
const cert = readFileSync(requiredSetting('TLS_CERT'), 'utf8');
const key = readFileSync(requiredSetting('TLS_KEY'), 'utf8');
const ca = process.env['CA'];

const app = createApp({
  issuer,
  audience,
  ...(ca && { fetch: nodeFetch({ ca: readFileSync(ca, 'utf8') }) }),
  onEvent: (event) => console.error(JSON.stringify(event)),
});
const server = createTlsServer({ cert, key }, app);
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  console.log('Listening on port:', typeof address === 'object' ? address?.port : address);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeIdleConnections();
  });
}
