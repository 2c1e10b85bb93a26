import { performance } from 'node:perf_hooks';
import { answerQuestions } from './child.ts';
import { type Connection, openConnection, requestBytes } from './connection.ts';

/** Requests that are sent when they are due, even if earlier ones were not answered yet. */
export interface Stream {
  readonly tokens: readonly string[];
  /** Requests per second; 0 for none. */
  readonly rate: number;
  readonly status: number;
}

/** What the generator gets. */
export interface OpenLoopQuestion {
  readonly port: number;
  readonly path: string;
  readonly honest: Stream;
  readonly hostile: Stream;
  readonly durationSec: number;
}

/** What the generator found. */
export interface OpenLoopAnswer {
  /** For each honest request, the time from when it was due to its response, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly hostileSent: number;
}

interface Source {
  readonly requests: readonly Buffer[];
  readonly stream: Stream;
  /** When the next request is due. */
  dueMs: number;
  sent: number;
}

const CONNECTIONS = 64;

answerQuestions<OpenLoopQuestion, OpenLoopAnswer>(async (question) => {
  const { port, path, honest, hostile, durationSec } = question;
  const idle: Connection[] = [];
  for (let n = 0; n < CONNECTIONS; n++) idle.push(await openConnection(port));
  const connections = [...idle];
  const latenciesMs: number[] = [];
  const pending = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const start = performance.now();
  const sources = [honest, hostile]
    .filter(({ rate }) => rate > 0)
    .map((stream) => sourceOf(stream, path, start));

  async function send(connection: Connection, source: Source, dueMs: number): Promise<void> {
    const { requests, stream } = source;
    const request = requests[source.sent++ % requests.length];
    if (request === undefined) throw new Error('There is nothing to send');
    const status = await connection.send(request);
    if (stream === honest) latenciesMs.push(performance.now() - dueMs);
    idle.push(connection);
    if (status !== stream.status) throw new Error(`Got ${status} instead of ${stream.status}`);
  }

  const end = start + durationSec * 1_000;
  while (performance.now() < end) {
    for (const source of sources) {
      while (source.dueMs <= performance.now()) {
        const connection = idle.pop();
        // All connections are busy. The request waits, and its latency includes that time.
        if (connection === undefined) break;
        const sending = send(connection, source, source.dueMs);
        pending.add(sending);
        sending.then(
          () => pending.delete(sending),
          (error: unknown) => failures.push(error),
        );
        source.dueMs = nextDue(source);
      }
    }
    // A timer would send all requests of a millisecond together. This loop spins instead, on a core of its
    // own.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await Promise.allSettled(pending);
  if (failures.length > 0) throw failures[0];
  for (const connection of connections) connection.close();
  const hostileSent = sources.find(({ stream }) => stream === hostile)?.sent ?? 0;
  return { latenciesMs, hostileSent };
});

function sourceOf(stream: Stream, path: string, start: number): Source {
  const requests = stream.tokens.map((token) => requestBytes(path, token));
  const source: Source = { requests, stream, dueMs: start, sent: 0 };
  source.dueMs = nextDue(source);
  return source;
}

/** When the next request is due. The pauses are distributed exponentially, as between independent callers. */
function nextDue({ dueMs, stream }: Source): number {
  return dueMs - (Math.log(1 - Math.random()) * 1_000) / stream.rate;
}
