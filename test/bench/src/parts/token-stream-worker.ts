import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { TestKey } from '@authly/testing';
import { realisticToken } from '../tokens/realistic-token.ts';

// Signs a chunk of distinct tokens each time the main thread asks for one.
const { privateJwk, kid, chunk } = workerData as {
  readonly privateJwk: TestKey['privateJwk'];
  readonly kid: string;
  readonly chunk: number;
};
const privateKey = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' });
const key: TestKey = { kid, algorithm: 'ES256', privateKey, privateJwk, publicJwk: privateJwk };
let serial = 0;

parentPort?.on('message', () => {
  const tokens = Array.from({ length: chunk }, () => realisticToken(key, serial++));
  const ends = new Uint32Array(chunk);
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    end += token.length;
    ends[index] = end;
  }
  // Copied, because the memory of a pooled Buffer cannot be transferred.
  const bytes = new Uint8Array(Buffer.from(tokens.join(''), 'latin1'));
  parentPort?.postMessage({ bytes, ends }, [bytes.buffer, ends.buffer]);
});
