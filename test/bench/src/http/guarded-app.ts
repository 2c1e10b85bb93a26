import type { RequestListener } from 'node:http';
import express from 'express';
import Koa from 'koa';
import { loadPeer, type PeerId, type VariantId } from '../peers/index.ts';
import type { Target } from '../tokens/target.ts';
import { bareExpress, bareKoa } from './bare.ts';

/** The frameworks that are measured. */
export type Framework = 'express' | 'koa';

/** What guards the route: a peer, or two middlewares that do nothing. */
export type Guard = PeerId | VariantId | 'bare';

/** What an application is made of. */
export interface GuardedAppOptions {
  readonly framework: Framework;
  readonly guard: Guard;
  readonly target: Target;
  /** Called for each request that reaches the route. */
  readonly onServed: () => void;
}

/** An application with one route, and a guard before it. */
export async function guardedApp(options: GuardedAppOptions): Promise<RequestListener> {
  return options.framework === 'express' ? await expressApp(options) : await koaApp(options);
}

async function expressApp({
  guard,
  target,
  onServed,
}: GuardedAppOptions): Promise<ReturnType<typeof express>> {
  const middleware =
    guard === 'bare' ? bareExpress : await (await loadPeer(guard)).express?.(target);
  if (middleware === undefined) throw new Error(`${guard} has no Express middleware`);
  const app = express();
  for (const each of middleware) app.use(each);
  app.get('/users', (_request, response) => {
    onServed();
    response.json({ users: [] });
  });
  return app;
}

async function koaApp({
  guard,
  target,
  onServed,
}: GuardedAppOptions): Promise<ReturnType<Koa['callback']>> {
  const middleware = guard === 'bare' ? bareKoa : await (await loadPeer(guard)).koa?.(target);
  if (middleware === undefined) throw new Error(`${guard} has no Koa middleware`);
  const app = new Koa();
  for (const each of middleware) app.use(each);
  app.use((context) => {
    onServed();
    context.body = { users: [] };
  });
  // Koa would write every refusal to the console, but they are sent on purpose.
  app.silent = true;
  return app.callback();
}
