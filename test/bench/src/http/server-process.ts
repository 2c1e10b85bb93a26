import { createServer, type Server } from 'node:http';
import type { TestKey } from '@authly/testing';
import { targetOf } from '../tokens/target.ts';
import { answerQuestions } from './child.ts';
import { type Framework, type Guard, guardedApp } from './guarded-app.ts';

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
  const onServed = () => {
    served++;
  };
  const opened = createServer(await guardedApp({ framework, guard, target, onServed }));
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  return opened;
}
