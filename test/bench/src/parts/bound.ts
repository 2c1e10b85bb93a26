import {
  createResourceServer,
  type DpopOptions,
  memoryReplayStore,
  type ReplayStore,
  type RequestView,
  type ResourceServer,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { aProof, generateTestKey, type ProofOptions, thumbprintOf } from '@authly/testing';
import type { Contender } from '../harness/contender.ts';
import { FLOOR, floor } from '../harness/floor.ts';
import { type Costs, runRounds } from '../harness/rounds.ts';
import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import { boundVerifier } from '../peers/express-oauth2-jwt-bearer.ts';
import { atMost, type Findings } from '../report/report.ts';
import { type Corpus, corpusOf } from '../tokens/corpus.ts';
import { AUDIENCE, realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target, targetOf } from '../tokens/target.ts';
import type { Scale } from './scale.ts';

const PROOFS = 2_000;
const TOKENS = 100;
const ROUNDS = 21;
const TURN_MS = 10;
/** Proofs are made once and used in all rounds, so they must stay fresh that long. */
const MAX_AGE_SEC = 300;

const SEEN = 'authly, token and key seen, nothing remembered';
const REMEMBERED = 'authly, token and key seen, used proofs in memory';
const WRONG_KEY = "authly, a stranger's key: refused";
const WRONG_KEYS = "authly, a new stranger's key each time: refused";
const STALE = 'authly, a stale proof: refused';
const PEER = 'express-oauth2-jwt-bearer, dpop';
const BEARER = 'authly, a Bearer token, dpop when-bound';
const BEARER_WITHOUT = 'authly, a Bearer token, no dpop';

/** What a proof of possession (DPoP) costs, and what a request without one pays. */
export async function bound(scale: Scale): Promise<Findings> {
  const { key, target, close } = await openTarget('ES256');
  const client = generateTestKey('ES256');
  const cnf = { jkt: thumbprintOf(client) };
  const tokens = realisticTokens(key, TOKENS, { cnf });
  const proofs = (options: Partial<ProofOptions> | (() => Partial<ProofOptions>)) =>
    corpusOf(
      Array.from({ length: scale.size(PROOFS) }, (_, index) => {
        const token = tokens[index % TOKENS] ?? '';
        const own = typeof options === 'function' ? options() : options;
        return aProof({ key: client, url: `${AUDIENCE}/`, token, ...own });
      }),
    );
  const sent = { good: proofs({}), tokens: corpusOf(tokens) };
  const open: ResourceServer[] = [];
  const serverWith = async (dpop?: DpopOptions) => {
    const server = await serverOf(target, dpop);
    open.push(server);
    return server;
  };
  const remembering = await serverWith({ replay: eachOnce() });
  const forgetting = await serverWith({ replay: { reserve: () => true } });

  const costs = await runRounds(
    [
      floor(targetOf(client, target.jwksUri), sent.good),
      { name: SEEN, verify: accepting(forgetting, sent.tokens) },
      { name: REMEMBERED, verify: accepting(remembering, sent.tokens) },
      {
        name: WRONG_KEY,
        corpus: proofs({ key: generateTestKey('ES256') }),
        verify: refusing(forgetting, sent.tokens, 'binding_mismatch'),
      },
      {
        name: WRONG_KEYS,
        corpus: proofs(() => ({ key: generateTestKey('ES256') })),
        verify: refusing(forgetting, sent.tokens, 'binding_mismatch'),
      },
      {
        name: STALE,
        corpus: proofs({ issuedInSec: -2 * MAX_AGE_SEC }),
        verify: refusing(forgetting, sent.tokens, 'proof_untimely'),
      },
      { name: PEER, verify: peerVerify(target, sent.tokens) },
    ],
    sent.good,
    { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 },
  );
  const bearers = corpusOf(realisticTokens(key, TOKENS));
  const bearerCosts = await runRounds(
    [
      { name: BEARER_WITHOUT, verify: bearer(await serverWith()) },
      { name: BEARER, verify: bearer(forgetting) },
    ],
    bearers,
    { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 },
  );
  for (const server of open) server.close();
  close();
  return conclude(costs, bearerCosts);
}

async function serverOf(target: Target, dpop?: DpopOptions): Promise<ResourceServer> {
  const { issuer, jwksUri, audience } = target;
  const server = createResourceServer({
    issuer: rfc9068({ issuer, jwksUri }),
    audience,
    ...(dpop && { dpop: { maxAgeSec: MAX_AGE_SEC, publicUrls: AUDIENCE, ...dpop } }),
  });
  await server.ready();
  return server;
}

/** The memory store, with a new id for each call. So a proof that is sent again counts as new. */
function eachOnce(): ReplayStore {
  const memory = memoryReplayStore();
  let count = 0;
  return { reserve: (id, options) => memory.reserve(`${count++} ${id}`, options) };
}

function accepting(server: ResourceServer, tokens: Corpus): Contender['verify'] {
  return (proof, index) => server.authenticate(viewOf(proof, tokens.fresh(index % tokens.size)));
}

function refusing(server: ResourceServer, tokens: Corpus, reason: string): Contender['verify'] {
  const verify = accepting(server, tokens);
  return async (proof, index) => {
    try {
      await verify(proof, index);
    } catch (error) {
      if (error instanceof Error && 'reason' in error && error.reason === reason) return;
      throw error;
    }
    throw new Error(`It should have been refused: ${reason}`);
  };
}

function bearer(server: ResourceServer): Contender['verify'] {
  return (token) => server.authenticate(viewOf(undefined, token));
}

function peerVerify(target: Target, tokens: Corpus): Contender['verify'] {
  const verify = boundVerifier(target, MAX_AGE_SEC);
  return (proof, index) => verify(tokens.fresh(index % tokens.size), proof);
}

function viewOf(proof: string | undefined, token: string): RequestView {
  const authorization = `${proof === undefined ? 'Bearer' : 'DPoP'} ${token}`;
  const header = (name: string) => {
    if (name === 'authorization') return authorization;
    return name === 'dpop' ? proof : undefined;
  };
  return { method: 'GET', url: '/', header };
}

type CostsByName = ReadonlyMap<string, Costs>;

function conclude(costs: CostsByName, bearerCosts: CostsByName): Findings {
  const seen = ratioOf(costs, SEEN, FLOOR, 'wallUs');
  const refused = [WRONG_KEY, STALE].map(
    (name) => [name, ratioOf(costs, name, FLOOR, 'wallUs')] as const,
  );
  return {
    tables: [
      {
        title: 'Requests with a proof, ES256',
        note:
          'Ours is `authenticate(view)`, whose tokens were seen before; the peer is its Express ' +
          'middleware, which keeps no tokens. Neither the peer nor the second row remembers used proofs.',
        columns: ['', 'µs', 'CPU µs', `× ${FLOOR}`],
        rows: [...costs.keys()].map((name) => [
          name,
          summaryOf(costs, name, 'wallUs'),
          summaryOf(costs, name, 'cpuUs'),
          ratioOf(costs, name, FLOOR, 'wallUs'),
        ]),
      },
      {
        title: 'Requests without a proof',
        note: 'A Bearer token that is not bound and was seen before.',
        columns: ['', 'µs', '× no dpop'],
        rows: [...bearerCosts.keys()].map((name) => [
          name,
          summaryOf(bearerCosts, name, 'wallUs'),
          ratioOf(bearerCosts, name, BEARER_WITHOUT, 'wallUs'),
        ]),
      },
    ],
    goals: [
      atMost(`${SEEN}, over ${FLOOR}`, seen, 1.25, '×'),
      ...refused.map(([name, ratio]) => atMost(`${name}, over ${FLOOR}`, ratio, 0.2, '×')),
      ...[SEEN, REMEMBERED].map((name) =>
        atMost(`${name}, CPU over ${PEER}`, ratioOf(costs, name, PEER, 'cpuUs'), 0.4, '×'),
      ),
      atMost(
        `${BEARER}, over no dpop`,
        ratioOf(bearerCosts, BEARER, BEARER_WITHOUT, 'wallUs'),
        1.05,
        '×',
      ),
    ],
    charts: [],
  };
}

function summaryOf(costs: CostsByName, name: string, cost: keyof Costs): Summary {
  return summarize(costs.get(name)?.[cost] ?? []);
}

function ratioOf(costs: CostsByName, name: string, base: string, cost: keyof Costs): Summary {
  return summarize(ratios(costs.get(name)?.[cost] ?? [], costs.get(base)?.[cost] ?? []));
}
