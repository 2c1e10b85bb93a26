import type { Algorithm } from '@authly/core';
import { summarize } from '../harness/statistics.ts';
import { loadPeer } from '../peers/index.ts';
import type { Peer, Verifier } from '../peers/peer.ts';
import type { Findings, Goal, Table } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target } from '../tokens/target.ts';
import { heapBytes } from './heap-bytes.ts';
import type { Scale } from './scale.ts';
import { type StreamSample, streamTokens } from './token-stream.ts';

/** How many tokens of each kind are cached. It takes most of a millisecond to sign an RSA token. */
const CACHED: readonly (readonly [Algorithm, number])[] = [
  ['RS256', 4_000],
  ['ES256', 10_000],
];
const STREAMED = 1_000_000;
/** The goal is one and a half times the token's own bytes, plus this. */
const PRINCIPAL_BYTES = 1_536;
/** The heap counts as flat if the largest sample is at most this much above the first one with a full cache. */
const FLAT = 1.1;

interface Held {
  readonly peer: string;
  readonly algorithm: Algorithm;
  readonly characters: number;
  readonly bytes: number;
}

/** What a cached token takes, and how much heap a million distinct tokens leave in use. */
export async function memory(scale: Scale): Promise<Findings> {
  const held: Held[] = [];
  for (const [algorithm, count] of CACHED) {
    const { key, target, close } = await openTarget(algorithm);
    const corpus = corpusOf(realisticTokens(key, scale.size(count)));
    for (const id of ['authly', 'fast-jwt'] as const) {
      held.push(await cachedBytes(await loadPeer(id), target, corpus));
    }
    close();
  }
  const stream = await streamTokens(scale.quick ? 50_000 : STREAMED);
  return {
    tables: [heldTable(held), streamTable(stream)],
    goals: [...held.filter(({ peer }) => peer === 'authly').map(heldGoal), streamGoal(stream)],
    charts: [],
  };
}

async function cachedBytes(peer: Peer, target: Target, corpus: Corpus): Promise<Held> {
  // Runs once to load and compile everything, so that only the cache is in the difference.
  (await filledCache(peer, target, corpus)).close?.();
  // The first verifier can be collected only after this function has continued in another turn.
  await new Promise((resolve) => setImmediate(resolve));
  const before = heapBytes();
  const verifier = await filledCache(peer, target, corpus);
  const bytes = (heapBytes() - before) / corpus.size;
  // A last use keeps the verifier alive until its memory was measured.
  await verifier.verify(corpus.fresh(0), 0);
  verifier.close?.();
  return { peer: peer.name, algorithm: target.algorithm, characters: corpus.characters, bytes };
}

async function filledCache(peer: Peer, target: Target, corpus: Corpus): Promise<Verifier> {
  const verifier = await peer.warm?.(target, { maxEntries: corpus.size });
  if (verifier === undefined) throw new Error(`${peer.name} has no cache`);
  for (let index = 0; index < corpus.size; index++) {
    await verifier.verify(corpus.fresh(index), index);
  }
  return verifier;
}

function heldTable(held: readonly Held[]): Table {
  return {
    title: 'Bytes a cached token',
    note:
      'Heap and external memory after a full collection, over as many tokens as the cache holds, the ' +
      'cache itself included. fast-jwt keeps a hash of the token, not the token.',
    columns: ['', 'characters a token', 'bytes', 'beyond 1.5 × the token'],
    rows: held.map(({ peer, algorithm, characters, bytes }) => [
      `${peer}, ${algorithm}`,
      characters,
      bytes,
      bytes - 1.5 * characters,
    ]),
  };
}

function heldGoal({ algorithm, characters, bytes }: Held): Goal {
  const limit = 1.5 * characters + PRINCIPAL_BYTES;
  return {
    measure: `bytes a cached principal, ${algorithm}`,
    limit: `≤ ${Math.round(limit)}`,
    measured: bytes,
    met: bytes <= limit,
  };
}

function streamTable(stream: readonly StreamSample[]): Table {
  return {
    title: 'A million distinct tokens through the default cache',
    note:
      'ES256, signed meanwhile by another thread. Heap and external memory after a full collection; time ' +
      'of a whole verification, storing it and forgetting another included.',
    columns: ['tokens', 'heap MB', 'resident MB', 'µs a token'],
    rows: stream.map(({ tokens, heap, resident, us }) => [
      tokens.toLocaleString('en-US'),
      heap / 1e6,
      resident / 1e6,
      us,
    ]),
  };
}

function streamGoal(stream: readonly StreamSample[]): Goal {
  // The cache may not have been full when the first sample was taken.
  const [first = Number.NaN, ...later] = stream.slice(1).map(({ heap }) => heap);
  const growth = summarize([Math.max(...later) / first]).median;
  return {
    measure: 'heap over a million distinct tokens, the largest sample over the first full one',
    limit: `≤ ${FLAT} ×`,
    measured: growth,
    met: growth <= FLAT,
  };
}
