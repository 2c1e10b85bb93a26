import { createServer } from 'node:http';
import { authly } from '@authly/express/providers';
import { createApp } from './app.ts';
import { requiredSetting } from './required-setting.ts';

// ISSUER, AUDIENCE and DPOP_NONCE_SECRET; PORT and PUBLIC_URL are optional. Put your own provider's
// preset in place of `authly`. Make a secret:
// node -e "console.log(crypto.randomBytes(32).toString('base64'))"
const issuer = authly(requiredSetting('ISSUER'));
const audience = requiredSetting('AUDIENCE');
const nonceSecret = requiredSetting('DPOP_NONCE_SECRET');

const server = createServer();
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const publicUrl = process.env['PUBLIC_URL'] ?? `http://127.0.0.1:${port}`;
  const onEvent = (event: { readonly type: string }) => console.error(JSON.stringify(event));
  server.on('request', createApp({ issuer, audience, publicUrl, nonceSecret, onEvent }));
  console.log('Listening at', publicUrl);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());
