import { AsyncResource } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import { clearTimeout, setTimeout } from 'node:timers';
import type { Worker } from 'node:worker_threads';
import type { SignatureCheck } from './check.ts';

/** A second thread that verifies signatures. */
export interface SignatureThread {
  /** Whether it has started and has not ended. */
  readonly isRunning: boolean;
  /** Starts the verification of a batch and calls back once with the answers. The process stays alive until then. */
  verify(checks: readonly SignatureCheck[], answered: Answered): void;
  /** Ends the thread. Batches that are still open are called back without answers. */
  close(): void;
}

/**
 * Is called with the answers, or with `undefined` when the thread has ended.
 */
export type Answered = (answers: Answers | undefined) => void;

/** Whether each signature is valid, in the order of the checks. `undefined` where OpenSSL threw. */
export type Answers = readonly (boolean | undefined)[];

/**
 * Starts a thread. Gives `undefined` if threads are not allowed or not available. `ended` is called once if the thread
 * ends without `close()`: because it was idle for `idleMs` milliseconds, or because it failed.
 */
export type StartThread = (
  ended: (cause: 'idle' | 'failed') => void,
  idleMs?: number,
) => SignatureThread | undefined;

type MessageKey = Pick<SignatureCheck, 'hash' | 'key'>;

/** How checks are sent to the thread: each key once, and the rest as strings, because copying objects is slow. */
interface Question {
  readonly id: number;
  readonly keys: readonly MessageKey[];
  /** Three values for each check: the index of its key, the input, the signature in Latin-1. */
  readonly checks: readonly (number | string)[];
}

interface Reply {
  readonly id: number;
  readonly answers: Answers;
}

/** A low priority, so that the calling thread and other processes get the core first. */
const NICE = 10;

// The code is a string and not a file, so that it is also there when this module is bundled.
const SOURCE = `'use strict';
const { createVerify, verify } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
// On Linux a thread has a priority of its own; elsewhere this would change the whole process.
if (process.platform === 'linux') {
  try {
    require('node:os').setPriority(${NICE});
  } catch {}
}
const answer = ({ hash, key }, input, signature) => {
  try {
    const bytes = Buffer.from(signature, 'latin1');
    return hash === null
      ? verify(hash, Buffer.from(input, 'latin1'), key, bytes)
      : createVerify(hash).update(input, 'latin1').verify(key, bytes);
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

/** A thread that was idle for this long is ended, to free its memory. */
const IDLE_MS = 10_000;

/** Whether the machine has a second core for the thread. */
export function hasSecondCore(): boolean {
  return availableParallelism() > 1;
}

/** Starts the thread outside of the asynchronous context of a request, because it lives longer than the request. */
export const startSignatureThread: StartThread = AsyncResource.bind((ended, idleMs = IDLE_MS) => {
  const asked = new Map<number, Answered>();
  let isRunning = false;
  let hasEnded = false;
  let lastId = 0;
  let worker: Worker;
  try {
    // biome-ignore lint/style/noRestrictedGlobals: an import would load the module where no thread is used
    const threads = process.getBuiltinModule('node:worker_threads');
    // `execArgv: []`: the application's preloads (`--import`, `--require`) are not meant for this thread.
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
  // The error is ignored: without the thread everything is verified on the calling thread.
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
