import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Corpus } from '../tokens/corpus.ts';
import type { Target } from '../tokens/target.ts';
import type { Contender } from './contender.ts';
import { floor, prepare } from './floor.ts';

/** What the second thread gets when it is started. */
export interface SecondThread extends Pick<ReturnType<typeof prepare>, 'hash' | 'key' | 'all'> {
  /** How many verifications of the turn have been taken, by either thread. */
  readonly taken: Int32Array;
}

/**
 * What nobody can be faster than on two cores: this thread and another one do nothing but `crypto.verify`, on inputs
 * that each of them has. Nothing is sent from one to the other during a turn. Each takes the next verification from a
 * common count, so both are done at the same time.
 */
export async function twoThreadFloor(target: Target, corpus: Corpus): Promise<Contender> {
  const { hash, key, all } = prepare(target, corpus);
  const { verify } = floor(target, corpus);
  const taken = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: SecondThread = { hash, key, all, taken };
  const thread = new Worker(new URL('./two-thread-floor-worker.js', import.meta.url), {
    workerData,
  });
  await once(thread, 'online');
  thread.unref();
  return {
    name: 'crypto.verify on two threads',
    verify,
    async turn(operations) {
      taken[0] = 0;
      const done = once(thread, 'message');
      thread.postMessage(operations);
      for (;;) {
        const index = Atomics.add(taken, 0, 1);
        if (index >= operations) break;
        verify('', index);
      }
      thread.ref();
      await done;
      thread.unref();
    },
    close: () => void thread.terminate(),
  };
}
