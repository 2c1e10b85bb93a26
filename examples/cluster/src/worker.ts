import { createServer } from 'node:http';
import { authly } from '@authly/express/providers';
import { createApp } from './app.ts';
import { requiredSetting } from './required-setting.ts';
import { openSharedStores } from './shared-stores.ts';

/** Serves the API in this process, until a signal ends it. */
export async function runWorker(worker: string): Promise<void> {
  // Put your own provider's preset in place of `authly`.
  const issuer = authly(requiredSetting('ISSUER'));
  const audience = requiredSetting('AUDIENCE');
  const publicUrl = requiredSetting('PUBLIC_URL');
  const nonceSecret = requiredSetting('DPOP_NONCE_SECRET');
  const timeoutMs = Number(process.env['STORE_TIMEOUT_MS'] ?? 250);
  const { stores, close } = await openSharedStores({
    url: requiredSetting('REDIS_URL'),
    prefix: 'cluster-example',
    follow: process.env['FOLLOW'] === 'yes',
    timeoutMs,
  });

  const options = { issuer, audience, publicUrl, nonceSecret, stores, timeoutMs, worker };
  const app = createApp(options);
  const server = createServer(app);
  // All workers listen on one port: node:cluster gives each connection to one of them.
  server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1');
  const end = () => {
    server.close(() => {
      close();
      process.exit();
    });
    server.closeIdleConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
}
