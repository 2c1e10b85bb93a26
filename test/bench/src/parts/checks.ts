import type { Algorithm } from '@authly/core';
import { floor } from '../harness/floor.ts';
import { runRounds } from '../harness/rounds.ts';
import { type Summary, summarize } from '../harness/statistics.ts';
import { loadPeer } from '../peers/index.ts';
import type { Verifier } from '../peers/peer.ts';
import type { Cell, Findings, Table } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget } from '../tokens/target.ts';
import { type FileShare, profile } from './profile.ts';
import type { Scale } from './scale.ts';

const MEASURED: readonly Algorithm[] = ['RS256', 'ES256'];
const DISTINCT = 1_000;
const ROUNDS = 15;
const PROFILED_MS = 3_000;
/** Smaller shares are noise. */
const LEAST_SHARE = 0.001;

/** What each file that takes part in a cold verification checks. */
const CHECKS: Readonly<Record<string, string>> = {
  'check.js': 'signature, and that key and algorithm fit',
  'queue.js': 'whether the signature has to wait for its turn',
  'der.js': 'signature in the form that OpenSSL takes',
  'jws.js': 'three segments, size, header',
  'shared-buffer.js': 'strict base64url of the payload; signing input as bytes',
  'memoize.js': 'what repeats from token to token: header, scopes, issuer name',
  'json.js': 'strict base64url, UTF-8, JSON object, depth; frozen',
  'claims.js': 'typ, types of claims, required ones, aud, exp, nbf',
  'build-principal.js': 'who is calling; key, scopes, frozen',
  'jwt-profile.js': 'user or client',
  'kind-marks.js': 'user or client: marks that speak against it',
  'claim-readers.js': 'reading claims as own properties',
  'own-property.js': 'reading claims as own properties',
  'actor.js': 'who acts for the subject',
  'jwt-reader.js': 'the way from step to step',
  'verifier.js': 'from the cache or the reader to the checks',
  'run-checks.js': 'the checks of every request',
  'checks.js': 'the checks of every request',
  'maybe-promise.js': 'the way from step to step',
  'static-issuers.js': 'issuer by iss',
  'remote-key-set.js': 'key: freshness of the set',
  'refresh-policy.js': 'key: freshness of the set',
  'key-set.js': 'key by kid and algorithm',
  'resource-server.js': 'the public call; events',
  'clock.js': 'the time',
};

/**
 * What each check of a cold verification costs. The whole is measured. A sampling profile of the same calls
 * then says which share of it each source file took. The native calls of a file are part of its share.
 */
export async function checks(scale: Scale): Promise<Findings> {
  const tables: Table[] = [];
  for (const algorithm of MEASURED) {
    const { key, target, close } = await openTarget(algorithm);
    const corpus = corpusOf(realisticTokens(key, scale.size(DISTINCT)));
    const verifier = await (await loadPeer('authly')).cold?.(target);
    if (verifier === undefined) throw new Error('We verify in whole');
    const whole = { name: 'whole', ...verifier };
    const signature = { ...floor(target, corpus), name: 'signature' };
    const effort = { rounds: scale.rounds(ROUNDS), turnMs: 10, inFlight: 1 };
    const costs = await runRounds([whole, signature], corpus, effort);
    const shares = await profile(() => verifyFor(PROFILED_MS, verifier, corpus));
    tables.push(
      tableOf(algorithm, shares, {
        whole: summarize(costs.get('whole')?.wallUs ?? []),
        signature: summarize(costs.get('signature')?.wallUs ?? []),
      }),
    );
    verifier.close?.();
    close();
  }
  return { tables, goals: [], charts: [] };
}

async function verifyFor(durationMs: number, { verify }: Verifier, corpus: Corpus): Promise<void> {
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    for (let index = 0; index < corpus.size; index++) {
      const result = verify(corpus.fresh(index), index);
      if (result instanceof Promise) await result;
    }
  }
}

function tableOf(
  algorithm: Algorithm,
  files: readonly FileShare[],
  { whole, signature }: { readonly whole: Summary; readonly signature: Summary },
): Table {
  const rows = files
    .filter(({ share }) => share >= LEAST_SHARE)
    .map(({ file, share, functions }): readonly Cell[] => [
      CHECKS[file] ?? file,
      file in CHECKS ? file : '',
      `${(share * 100).toFixed(1)} %`,
      share * whole.median,
      functions
        .filter((each) => each.share >= LEAST_SHARE)
        .slice(0, 4)
        .map((each) => `${each.name} ${(each.share * whole.median).toFixed(2)}`)
        .join(', '),
    ]);
  return {
    title: `What a cold verification is made of, ${algorithm}`,
    note:
      'Shares of a sampling profile, applied to the measured whole; µs a token. Each file with what it ' +
      'calls outside of `@authly/core`.',
    columns: ['check', 'file', 'share', 'µs', 'functions, µs'],
    rows: [
      ...rows,
      ['the whole', '', '100 %', whole, ''],
      ['for comparison: `crypto.verify` alone', '', '', signature, ''],
    ],
  };
}
