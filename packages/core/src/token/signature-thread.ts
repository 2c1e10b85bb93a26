import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { SignatureCheck } from './signature.ts';

/** A thread of our own that verifies signatures, beside the calling one. */
export interface SignatureThread {
  /** Whether it has started and not ended. */
  readonly isRunning: boolean;
  /**
   * Verifies, and answers once, later, in order. `undefined` stands where there is no answer: the thread
   * ended, or OpenSSL threw. Until the answers are there, the process stays alive.
   */
  verify(checks: readonly SignatureCheck[], answered: (answers: Answers) => void): void;
  /** Ends it: what was not answered yet gets no answers. */
  close(): void;
}

/** In the order of what was asked. */
export type Answers = readonly (boolean | undefined)[];

type MessageKey = Pick<SignatureCheck, 'hash' | 'key' | 'pss'>;

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

// Text and not a file, so that it is found wherever this module ends up, in a bundle too.
const SOURCE = `'use strict';
const { constants, verify } = require('node:crypto');
const { parentPort } = require('node:worker_threads');
const padding = constants.RSA_PKCS1_PSS_PADDING;
const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
const answer = ({ hash, key, pss }, input, signature) => {
  try {
    const bytes = Buffer.from(signature, 'latin1');
    return verify(hash, Buffer.from(input, 'latin1'), pss ? { key, padding, saltLength } : key, bytes);
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

const NO_ANSWERS: Answers = [];

/** Whether there is a core for a thread beside the calling one. */
export function hasSecondCore(): boolean {
  return availableParallelism() > 1;
}

/** Starts a thread; `undefined` where that is not allowed, or not to be had. */
export function startSignatureThread(): SignatureThread | undefined {
  const asked = new Map<number, (answers: Answers) => void>();
  let isRunning = false;
  let lastId = 0;
  let worker: Worker;
  try {
    // None of the application's own preloads: they are not meant for this thread.
    worker = new Worker(SOURCE, { eval: true, execArgv: [], env: {}, name: 'authly-signatures' });
  } catch {
    return undefined;
  }
  worker.unref();
  worker.once('online', () => {
    isRunning = true;
  });
  worker.on('message', ({ id, answers }: Reply) => {
    const answered = asked.get(id);
    asked.delete(id);
    if (asked.size === 0) worker.unref();
    answered?.(answers);
  });
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.once('exit', end);

  /** Whatever went wrong: the thread is not needed for anything to be right. */
  function end(): void {
    isRunning = false;
    worker.terminate();
    const left = [...asked.values()];
    asked.clear();
    for (const answered of left) answered(NO_ANSWERS);
  }

  return {
    get isRunning() {
      return isRunning;
    },
    verify(checks, answered) {
      const id = ++lastId;
      asked.set(id, answered);
      worker.ref();
      try {
        worker.postMessage(questionOf(id, checks));
      } catch {
        end();
      }
    },
    close: end,
  };
}

function questionOf(id: number, all: readonly SignatureCheck[]): Question {
  const keys: MessageKey[] = [];
  const checks: (number | string)[] = [];
  for (const { hash, key, pss, input, signature } of all) {
    const known = keys.findIndex(
      (each) => each.key === key && each.hash === hash && each.pss === pss,
    );
    const place = known >= 0 ? known : keys.push({ hash, key, pss }) - 1;
    checks.push(place, input, latin1(signature));
  }
  return { id, keys, checks };
}

function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}
