import { AsyncResource } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { SignatureCheck } from './check.ts';

/** A thread of our own that verifies signatures, beside the calling one. */
export interface SignatureThread {
  /** Whether it has started and not ended. */
  readonly isRunning: boolean;
  /** Verifies, and answers once, later. Until the answers are there, the process stays alive. */
  verify(checks: readonly SignatureCheck[], answered: Answered): void;
  /** Ends it: what was not answered yet gets no answers. */
  close(): void;
}

/**
 * Takes answers in the order of what was asked, `undefined` where OpenSSL threw; or no answers at all, when
 * the thread has ended.
 */
export type Answered = (answers: Answers | undefined) => void;

/** In the order of what was asked. */
export type Answers = readonly (boolean | undefined)[];

/**
 * Starts a thread; `undefined` where that is not allowed, or not to be had. `ended` is called once, by the
 * time it has ended for any reason but `close()`: it had nothing to do for long, or it failed.
 */
export type StartThread = (
  ended: (cause: 'idle' | 'failed') => void,
  idleMs?: number,
) => SignatureThread | undefined;

type MessageKey = Pick<SignatureCheck, 'hash' | 'key'>;

/** How checks travel: each key once, and texts, since objects are dear to copy. */
interface Question {
  readonly id: number;
  readonly keys: readonly MessageKey[];
  /** Three for each check: place of its key, input, signature in Latin-1. */
  readonly checks: readonly (number | string)[];
}

interface Reply {
  readonly id: number;
  readonly answers: Answers;
}

/** Whoever else wants the core goes first: the calling thread, and other processes. */
const NICE = 10;

// Text and not a file, so that it is found wherever this module ends up, in a bundle too.
const SOURCE = `'use strict';
const { verify } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
// There a thread has a priority of its own; elsewhere this would be the whole process's.
if (process.platform === 'linux') {
  try {
    require('node:os').setPriority(${NICE});
  } catch {}
}
const answer = ({ hash, key }, input, signature) => {
  try {
    return verify(hash, Buffer.from(input, 'latin1'), key, Buffer.from(signature, 'latin1'));
  } catch {
    return undefined;
  }
};
parentPort.on('message', ({ id, keys, checks }) => {
  const answers = [];
  for (let at = 0; at < checks.length; at += 3) {
    answers.push(answer(keys[checks[at]], checks[at + 1], checks[at + 2]));
  }
  parentPort.postMessage({ id, answers });
});
parentPort.on('messageerror', () => process.exit(1));`;

/** Without a question for so long, the load is over: the thread would only take up memory. */
const IDLE_MS = 10_000;

/** Whether there is a core for a thread beside the calling one. */
export function hasSecondCore(): boolean {
  return availableParallelism() > 1;
}

/** In no request's asynchronous context: it outlives the request that it was started for. */
export const startSignatureThread: StartThread = AsyncResource.bind((ended, idleMs = IDLE_MS) => {
  const asked = new Map<number, Answered>();
  let isRunning = false;
  let hasEnded = false;
  let lastId = 0;
  let worker: Worker;
  try {
    // biome-ignore lint/style/noRestrictedGlobals: imported, it would be loaded where nobody needs it
    const threads = process.getBuiltinModule('node:worker_threads');
    // None of the application's own preloads: they are not meant for this thread.
    worker = new threads.Worker(SOURCE, {
      eval: true,
      execArgv: [],
      env: {},
      name: 'authly-signatures',
    });
  } catch {
    return undefined;
  }
  worker.unref();
  const idle = setTimeout(() => end('idle'), idleMs).unref();
  worker.once('online', () => {
    isRunning = !hasEnded;
  });
  worker.on('message', ({ id, answers }: Reply) => {
    const answered = asked.get(id);
    asked.delete(id);
    if (asked.size === 0) worker.unref();
    answered?.(answers);
  });
  // Whatever went wrong: the thread is not needed for anything to be right.
  for (const event of ['messageerror', 'error', 'exit']) worker.on(event, () => end('failed'));

  function end(cause: 'idle' | 'failed' | 'closed'): void {
    if (hasEnded) return;
    hasEnded = true;
    isRunning = false;
    clearTimeout(idle);
    worker.terminate();
    if (cause !== 'closed') ended(cause);
    const left = [...asked.values()];
    asked.clear();
    for (const answered of left) answered(undefined);
  }

  return {
    get isRunning() {
      return isRunning;
    },
    verify(checks, answered) {
      const id = ++lastId;
      asked.set(id, answered);
      worker.ref();
      idle.refresh();
      try {
        worker.postMessage(questionOf(id, checks));
      } catch {
        end('failed');
      }
    },
    close: () => end('closed'),
  };
});

function questionOf(id: number, all: readonly SignatureCheck[]): Question {
  const keys: MessageKey[] = [];
  const checks: (number | string)[] = [];
  for (const { hash, key, input, signature } of all) {
    const known = keys.findIndex((each) => each.key === key && each.hash === hash);
    const place = known >= 0 ? known : keys.push({ hash, key }) - 1;
    checks.push(place, input, latin1(signature));
  }
  return { id, keys, checks };
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
