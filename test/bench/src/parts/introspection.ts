import { createResourceServer, type IntrospectionOptions } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import type { Contender } from '../harness/contender.ts';
import { type Costs, runRounds } from '../harness/rounds.ts';
import { type Summary, summarize } from '../harness/statistics.ts';
import { atMost, type Findings } from '../report/report.ts';
import { corpusOf } from '../tokens/corpus.ts';
import { AUDIENCE, realisticTokens, SCOPE } from '../tokens/realistic-token.ts';
import { openTarget, type Target } from '../tokens/target.ts';
import type { Scale } from './scale.ts';

const CACHED = 1_000;
const ROUNDS = 21;
const TURN_MS = 8;
const LIMIT_RATIO = 4;
const LIMIT_US = 2;
const CACHE = { cache: { maxEntries: 2 * CACHED, maxBytes: 8_192 * CACHED } };

const JWT = 'a cached JWT';
const BESIDE = 'a cached JWT, where opaque tokens are introspected';
const OPAQUE = 'a cached answer about an opaque token';

/**
 * What a token with a cached answer costs, compared with a JWT that was verified before. Both use the public
 * call, with 1,000 tokens each, and every call gets a string of its own. No server is asked during the
 * rounds.
 */
export async function introspection(scale: Scale): Promise<Findings> {
  const { key, target, close } = await openTarget('RS256');
  const jwts = corpusOf(realisticTokens(key, CACHED));
  const opaque = corpusOf(Array.from({ length: CACHED }, (_, index) => opaqueToken(index)));
  const ask: IntrospectionOptions = { ask: answer, cache: { activeForSec: 3_600 } };
  const contenders = [
    await contender(JWT, target, jwts),
    await contender(BESIDE, target, jwts, ask),
    await contender(OPAQUE, target, opaque, ask),
  ];
  const effort = { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 };
  const costs = await runRounds(contenders, jwts, effort);
  for (const each of contenders) each.close?.();
  close();
  const ratio = (name: string) => ratioOf(costs.get(name), costs.get(JWT));
  const wall = (name: string) => summarize(costs.get(name)?.wallUs ?? []);
  return {
    tables: [
      {
        title: 'Introspection, 1,000 tokens, all cached',
        note: 'Time a token, the string included, and as a multiple of a cached JWT.',
        columns: ['token', 'µs', '× a cached JWT'],
        rows: [JWT, BESIDE, OPAQUE].map((name) => [name, wall(name), ratio(name)]),
      },
    ],
    goals: [
      atMost('introspection, a cached answer over a cached JWT', ratio(OPAQUE), LIMIT_RATIO, '×'),
      atMost('introspection, a cached answer', wall(OPAQUE), LIMIT_US, 'µs'),
    ],
    charts: [],
  };
}

async function contender(
  name: string,
  { issuer, jwksUri, audience }: Target,
  corpus: ReturnType<typeof corpusOf>,
  asked?: IntrospectionOptions,
): Promise<Contender> {
  const server = createResourceServer({
    issuer: rfc9068({ issuer, jwksUri }),
    audience,
    ...CACHE,
    ...(asked === undefined ? {} : { introspection: asked }),
  });
  await server.ready();
  for (let index = 0; index < corpus.size; index++) {
    const result = server.verify(corpus.fresh(index));
    if (result instanceof Promise) await result;
  }
  return { name, corpus, verify: (token) => server.verify(token), close: () => server.close() };
}

/** An opaque token, as long as those of most servers. */
function opaqueToken(index: number): string {
  return `at_${String(index).padStart(40, 'Zk3vQ9xW7b')}`;
}

/** An introspection answer, as large as the claims of the JWTs. */
function answer(token: string) {
  const nowSec = Math.floor(Date.now() / 1_000);
  return {
    active: true,
    sub: `user-${token.slice(-4)}`,
    client_id: 'web-app',
    aud: AUDIENCE,
    scope: SCOPE,
    token_type: 'Bearer',
    jti: token.slice(-12),
    iat: nowSec,
    exp: nowSec + 3_600,
  };
}

/** The ratio round by round, because what disturbs a round disturbs all contenders in it. */
function ratioOf(costs: Costs | undefined, base: Costs | undefined): Summary {
  const bases = base?.wallUs ?? [];
  return summarize((costs?.wallUs ?? []).map((cost, round) => cost / (bases[round] ?? cost)));
}
