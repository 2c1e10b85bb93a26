export { type AppOptions, createApp } from './app.ts';
export { createDpopClient, type DpopClient, type DpopClientOptions } from './dpop-client.ts';
