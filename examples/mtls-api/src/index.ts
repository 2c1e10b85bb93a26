export { type AppOptions, createApp } from './app.ts';
export {
  type Answer,
  createMtlsClient,
  type MtlsClient,
  type MtlsClientOptions,
} from './mtls-client.ts';
export { createTlsServer, type ServerOptions } from './server.ts';
