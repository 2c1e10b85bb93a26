import { mount } from '@authly/koa';
import Koa from 'koa';
import { createApp } from './app.ts';
import type { Servers } from './start.ts';

/** Both servers on Koa. */
export const koaServers: Servers = {
  mcpServer: (options) => createApp(options).callback(),
  authorizationServer: (handler) => new Koa().use(mount(handler)).callback(),
};
