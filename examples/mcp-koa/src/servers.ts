import { mount } from '@authly/koa';
import type { Servers } from '@authly-examples/mcp-express';
import Koa from 'koa';
import { createApp } from './app.ts';

/** Both servers on Koa. */
export const koaServers: Servers = {
  mcpServer: (options) => createApp(options).callback(),
  authorizationServer: (handler) => new Koa().use(mount(handler)).callback(),
};
