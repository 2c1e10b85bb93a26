import { authly } from '@authly/core/providers';
import { createApp } from './app.ts';

// ISSUER and AUDIENCE; PORT and PLATFORM are optional. Put your own provider's preset in place of `authly`.
const app = await createApp({
  issuer: authly(required('ISSUER')),
  audience: required('AUDIENCE'),
  platform: process.env['PLATFORM'] === 'fastify' ? 'fastify' : 'express',
  onEvent: (event) => {
    if (event.type !== 'request.authenticated') console.error(JSON.stringify(event));
  },
});
await app.listen(Number(process.env['PORT'] ?? 3000));
console.log('Listening on', app.getHttpServer().address());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close());

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`Set ${name}`);
  return value;
}
