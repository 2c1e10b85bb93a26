import { mount } from '@authly/express';
import express from 'express';
import { createApp } from './app.ts';
import type { Servers } from './start.ts';

/** Both servers on Express. */
export const expressServers: Servers = {
  mcpServer: createApp,
  authorizationServer: (handler) => express().use(mount(handler)),
};
