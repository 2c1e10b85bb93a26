import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { TestKey } from '@authly/testing';
import { targetOf } from '../tokens/target.ts';
import { answerQuestions } from './child.ts';
import { type Framework, type Guard, guardedApp } from './guarded-app.ts';

/** What is to be measured. */
export interface SocketlessQuestion {
  readonly framework: Framework;
  readonly guards: readonly Guard[];
  readonly publicJwk: TestKey['publicJwk'];
  readonly jwksUri: string;
  /** Sent one after the other. */
  readonly tokens: readonly string[];
  readonly rounds: number;
}

/** Processor time of the whole process per request in each round, in microseconds. */
export type SocketlessAnswer = Readonly<Partial<Record<Guard, readonly number[]>>>;

interface Lane {
  readonly app: RequestListener;
  readonly cpuUs: number[];
  readonly requests: { sent: number; served: number };
}

const TURN = 1_000;
/** Enough to verify each token once, and for V8 to optimize. */
const WARM_UP = 15_000;
const IN_FLIGHT = 50;
const VERIFIED_WITHIN_MS = 10_000;

/** Has an address, as the socket of a connection has. Nothing is written to it. */
const socket = Object.defineProperty(new Socket(), 'remoteAddress', { value: '127.0.0.1' });
/** The last responses. As on a server, requests in flight survive a collection of the young generation. */
const inFlight: ServerResponse[] = [];

answerQuestions<SocketlessQuestion, SocketlessAnswer>(async (question) => {
  const headers = question.tokens.map((token) => Buffer.from(`Bearer ${token}`, 'latin1'));
  const lanes = new Map<Guard, Lane>();
  for (const guard of question.guards) lanes.set(guard, await newLane(guard, question));
  for (const [guard, lane] of lanes) {
    await send(lane, headers, WARM_UP);
    await untilServed(guard, lane);
  }
  const order = [...lanes];
  for (let round = 0; round < question.rounds; round++) {
    for (let place = 0; place < order.length; place++) {
      const [guard, lane] = order[(round + place) % order.length] ?? [];
      if (guard === undefined || lane === undefined) continue;
      globalThis.gc?.({ type: 'minor' });
      const before = process.cpuUsage();
      await send(lane, headers, TURN);
      const { user, system } = process.cpuUsage(before);
      lane.cpuUs.push((user + system) / TURN);
      if (lane.requests.served < lane.requests.sent) throw new Error(`${guard} has cached nothing`);
    }
  }
  return Object.fromEntries([...lanes].map(([guard, { cpuUs }]) => [guard, cpuUs]));
});

async function newLane(
  guard: Guard,
  { framework, publicJwk, jwksUri }: SocketlessQuestion,
): Promise<Lane> {
  const requests = { sent: 0, served: 0 };
  const target = targetOf({ algorithm: publicJwk.alg, publicJwk }, jwksUri);
  const onServed = () => {
    requests.served++;
  };
  return { app: await guardedApp({ framework, guard, target, onServed }), cpuUs: [], requests };
}

async function send(lane: Lane, headers: readonly Buffer[], count: number): Promise<void> {
  const { app, requests } = lane;
  for (let index = 0; index < count; index++) {
    const header = headers[requests.sent++ % headers.length];
    // A string of its own for each request, as Node's parser gives it.
    const { request, response } = exchange(header?.toString('latin1') ?? '');
    inFlight[requests.sent % IN_FLIGHT] = response;
    app(request, response);
    if (requests.sent % IN_FLIGHT === 0) await setImmediate();
  }
  await setImmediate();
}

function exchange(authorization: string) {
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.url = '/users';
  request.httpVersionMajor = 1;
  request.httpVersionMinor = 1;
  request.headers = { host: '127.0.0.1', connection: 'keep-alive', authorization };
  request.rawHeaders = ['Host', '127.0.0.1', 'Connection', 'keep-alive'];
  request.rawHeaders.push('Authorization', authorization);
  return { request, response: new ServerResponse(request) };
}

async function untilServed(guard: Guard, { requests }: Lane): Promise<void> {
  const end = performance.now() + VERIFIED_WITHIN_MS;
  while (requests.served < requests.sent) {
    if (performance.now() > end) throw new Error(`${guard} refused good requests`);
    await setTimeout(10);
  }
}
