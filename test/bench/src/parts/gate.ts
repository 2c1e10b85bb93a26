import { createResourceServer, type ResourceServer, type SingleIssuerOptions } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { aProof, generateTestKey, thumbprintOf } from '@authly/testing';
import type { Contender } from '../harness/contender.ts';
import { floor } from '../harness/floor.ts';
import { runRounds } from '../harness/rounds.ts';
import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import { atMost, type Goal } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
import { AUDIENCE, realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target, targetOf } from '../tokens/target.ts';

const TOKENS = 1_000;
const PROOFS = 2_000;
const ROUNDS = 15;
const TURN_MS = 10;
/** Proofs are made once and used in all rounds, so they must stay fresh that long. */
const MAX_AGE_SEC = 300;

/**
 * The paths that must not become much slower unnoticed. Each is a multiple of `crypto.verify` in the same
 * rounds. The limits leave room for other machines and for other work on this one. What they catch is a path
 * that takes twice as long as before, or longer.
 */
export async function gate(): Promise<readonly Goal[]> {
  const rs256 = await openTarget('RS256');
  const es256 = await openTarget('ES256');
  const rsTokens = corpusOf(realisticTokens(rs256.key, TOKENS));
  const esTokens = corpusOf(realisticTokens(es256.key, TOKENS));
  const opaque = corpusOf(Array.from({ length: TOKENS }, (_, index) => `opaque-${index}`));
  const open: ResourceServer[] = [];
  const serve = async (target: Target, options: Partial<SingleIssuerOptions> = {}) => {
    const { issuer, jwksUri, audience } = target;
    const server = createResourceServer({
      issuer: rfc9068({ issuer, jwksUri }),
      audience,
      cache: { maxEntries: 2 * TOKENS, maxBytes: 8_192 * TOKENS },
      ...options,
    });
    await server.ready();
    open.push(server);
    return server;
  };

  const seen = await serve(rs256.target);
  const asking = await serve(rs256.target, {
    introspection: { ask: activeAnswer, cache: { activeForSec: 3_600 } },
  });
  await fill(seen, rsTokens);
  await fill(asking, opaque);
  const coldRs = await serve(rs256.target, { cache: false });
  const rs = await race(floor(rs256.target, rsTokens), rsTokens, [
    { name: 'a cached token', verify: (token) => seen.verify(token) },
    {
      name: 'a cached answer about an opaque token',
      corpus: opaque,
      verify: (token) => asking.verify(token),
    },
    { name: 'a new token, RS256', verify: (token) => coldRs.verify(token) },
  ]);

  const coldEs = await serve(es256.target, { cache: false });
  const es = await race(floor(es256.target, esTokens), esTokens, [
    { name: 'a new token, ES256', verify: (token) => coldEs.verify(token) },
  ]);

  const client = generateTestKey('ES256');
  const bound = realisticTokens(es256.key, 100, { cnf: { jkt: thumbprintOf(client) } });
  const proofs = corpusOf(
    Array.from({ length: PROOFS }, (_, index) =>
      aProof({ key: client, url: `${AUDIENCE}/`, token: bound[index % bound.length] ?? '' }),
    ),
  );
  const dpop = await serve(es256.target, {
    dpop: { maxAgeSec: MAX_AGE_SEC, publicUrls: AUDIENCE, replay: { reserve: () => true } },
  });
  const boundTokens = corpusOf(bound);
  const possession = await race(floor(targetOf(client, es256.target.jwksUri), proofs), proofs, [
    {
      name: 'a proof, token and key seen',
      verify: (proof, index) =>
        dpop.authenticate(viewOf(boundTokens.fresh(index % bound.length), proof)),
    },
  ]);
  for (const server of open) server.close();
  rs256.close();
  es256.close();
  return [
    goal(rs, 'a cached token', 0.07),
    goal(rs, 'a cached answer about an opaque token', 0.06),
    goal(rs, 'a new token, RS256', 1.6),
    goal(es, 'a new token, ES256', 1.3),
    goal(possession, 'a proof, token and key seen', 1.5),
  ];
}

type Ratios = ReadonlyMap<string, Summary>;

async function race(
  base: Contender,
  corpus: Corpus,
  contenders: readonly Contender[],
): Promise<Ratios> {
  const effort = { rounds: ROUNDS, turnMs: TURN_MS, inFlight: 1 };
  const costs = await runRounds([base, ...contenders], corpus, effort);
  const bases = costs.get(base.name)?.cpuUs ?? [];
  return new Map(
    contenders.map(({ name }) => [name, summarize(ratios(costs.get(name)?.cpuUs ?? [], bases))]),
  );
}

function goal(measured: Ratios, name: string, limit: number): Goal {
  const ratio = measured.get(name);
  if (ratio === undefined) throw new Error(`Not measured: ${name}`);
  return atMost(name, ratio, limit, '× crypto.verify');
}

async function fill(server: ResourceServer, corpus: Corpus): Promise<void> {
  for (let index = 0; index < corpus.size; index++) await server.verify(corpus.fresh(index));
}

function activeAnswer(token: string) {
  const nowSec = Math.floor(Date.now() / 1_000);
  return {
    active: true,
    sub: token,
    client_id: 'web-app',
    aud: AUDIENCE,
    scope: 'read:users',
    token_type: 'Bearer',
    jti: token,
    iat: nowSec,
    exp: nowSec + 3_600,
  };
}

function viewOf(token: string, proof: string) {
  const header = (name: string) => {
    if (name === 'authorization') return `DPoP ${token}`;
    return name === 'dpop' ? proof : undefined;
  };
  return { method: 'GET', url: '/', header };
}
