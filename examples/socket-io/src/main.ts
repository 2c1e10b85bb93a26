import { memoryRevocations } from '@authly/express';
import { authly } from '@authly/express/providers';
import { createApp } from './app.ts';
import { requiredSetting } from './required-setting.ts';

// ISSUER and AUDIENCE; PORT is optional. Put your own provider's preset in place of `authly`.
const server = createApp({
  issuer: authly(requiredSetting('ISSUER')),
  audience: requiredSetting('AUDIENCE'),
  revocations: memoryRevocations(),
  onEvent: (event) => console.error(JSON.stringify(event)),
});
server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const address = server.address();
  console.log('Listening at port:', typeof address === 'object' ? address?.port : address);
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
