import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createResourceServer } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { AUDIENCE, ISSUER } from '../tokens/realistic-token.ts';
import { heapBytes } from './heap-bytes.ts';

/** The state after a number of tokens. */
export interface StreamSample {
  readonly tokens: number;
  readonly heap: number;
  readonly resident: number;
  /** Mean time per token since the last sample, in microseconds. */
  readonly us: number;
}

const CHUNK = 5_000;
const SAMPLES = 10;

/** Verifies distinct ES256 tokens, each once, with the default cache, and measures the heap. */
export async function streamTokens(count: number): Promise<readonly StreamSample[]> {
  const key = generateTestKey('ES256', 'stream');
  const server = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [key.publicJwk] } }),
    audience: AUDIENCE,
  });
  const minter = new Worker(new URL('./token-stream-worker.js', import.meta.url), {
    workerData: { privateJwk: key.privateJwk, kid: key.kid, chunk: CHUNK },
  });
  const samples: StreamSample[] = [];
  let next = chunkFrom(minter);
  let elapsedMs = 0;
  for (let tokens = CHUNK; tokens <= count; tokens += CHUNK) {
    const { bytes, ends } = await next;
    // The next tokens are signed while these are verified.
    next = chunkFrom(minter);
    const start = performance.now();
    await verifyAll((token) => server.verify(token), Buffer.from(bytes.buffer), ends);
    elapsedMs += performance.now() - start;
    if (tokens % Math.max(CHUNK, count / SAMPLES) === 0) {
      const us = (elapsedMs * 1_000) / (tokens - (samples.at(-1)?.tokens ?? 0));
      samples.push({ tokens, heap: heapBytes(), resident: process.memoryUsage.rss(), us });
      elapsedMs = 0;
    }
  }
  await next;
  await minter.terminate();
  server.close();
  return samples;
}

/** Many tokens one after another, and the offset at which each ends. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
}

async function chunkFrom(minter: Worker): Promise<Chunk> {
  minter.postMessage('next');
  const [chunk] = (await once(minter, 'message')) as [Chunk];
  return chunk;
}

async function verifyAll(
  verify: (token: string) => unknown,
  bytes: Buffer,
  ends: Uint32Array,
): Promise<void> {
  let start = 0;
  for (const end of ends) {
    const result = verify(bytes.toString('latin1', start, end));
    if (result instanceof Promise) await result;
    start = end;
  }
}
