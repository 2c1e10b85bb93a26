import { verify } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { SecondThread } from './two-thread-floor.ts';

// Takes verifications from the common count until a turn has none left.
const { hash, key, all, taken } = workerData as SecondThread;

parentPort?.on('message', (operations: number) => {
  for (;;) {
    const index = Atomics.add(taken, 0, 1);
    if (index >= operations) break;
    const signed = all[index % all.length];
    if (signed === undefined || !verify(hash, signed.input, key, signed.signature)) {
      throw new Error('The floor does not hold');
    }
  }
  parentPort?.postMessage('done');
});
