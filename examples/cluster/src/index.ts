export { type AppOptions, createApp } from './app.ts';
export { openSharedStores, type SharedStores, type SharedStoresOptions } from './shared-stores.ts';
