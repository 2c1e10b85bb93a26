import { createServer, type Server } from 'node:http';
import type { TestKey } from '@authly/testing';
import express from 'express';
import Koa from 'koa';
import { loadPeer, type PeerId, type VariantId } from '../peers/index.ts';
import { type Target, targetOf } from '../tokens/target.ts';
import { bareExpress, bareKoa } from './bare.ts';
import { answerQuestions } from './child.ts';

/** The frameworks that are measured. */
export type Framework = 'express' | 'koa';

/** What guards the route: a peer, or two middlewares that do nothing. */
export type Guard = PeerId | VariantId | 'bare';

/** What a server process gets. */
export type ServerQuestion =
  | {
      readonly type: 'open';
      readonly framework: Framework;
      readonly guard: Guard;
      readonly publicJwk: TestKey['publicJwk'];
      readonly jwksUri: string;
    }
  | { readonly type: 'read' };

/** What a server process reports. */
export interface ServerAnswer {
  readonly port: number;
  /** Processor time of the whole process so far, in microseconds. */
  readonly cpuUs: number;
  /** Requests that reached the route so far. */
  readonly served: number;
}

let server: Server | undefined;
let served = 0;

answerQuestions<ServerQuestion, ServerAnswer>(async (question) => {
  if (question.type === 'open') server = await open(question);
  const { user, system } = process.cpuUsage();
  const address = server?.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { port, cpuUs: user + system, served };
});

async function open({
  framework,
  guard,
  publicJwk,
  jwksUri,
}: ServerQuestion & { type: 'open' }): Promise<Server> {
  const target = targetOf({ algorithm: publicJwk.alg, publicJwk }, jwksUri);
  const opened = createServer(
    framework === 'express' ? await expressApp(guard, target) : await koaApp(guard, target),
  );
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  return opened;
}

async function expressApp(guard: Guard, target: Target): Promise<ReturnType<typeof express>> {
  const middleware =
    guard === 'bare' ? bareExpress : await (await loadPeer(guard)).express?.(target);
  if (middleware === undefined) throw new Error(`${guard} has no Express middleware`);
  const app = express();
  for (const each of middleware) app.use(each);
  app.get('/users', (_request, response) => {
    served++;
    response.json({ users: [] });
  });
  return app;
}

async function koaApp(guard: Guard, target: Target): Promise<ReturnType<Koa['callback']>> {
  const middleware = guard === 'bare' ? bareKoa : await (await loadPeer(guard)).koa?.(target);
  if (middleware === undefined) throw new Error(`${guard} has no Koa middleware`);
  const app = new Koa();
  for (const each of middleware) app.use(each);
  app.use((context) => {
    served++;
    context.body = { users: [] };
  });
  // Koa would write every refusal to the console, but they are sent on purpose.
  app.silent = true;
  return app.callback();
}
