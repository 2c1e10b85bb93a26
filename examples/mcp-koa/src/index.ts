export { createApp } from './app.ts';
export { koaServers } from './servers.ts';
