import { clientSecretBasic, type TokenSource, tokenSource } from '@authly/client';
import { runRounds } from '../harness/rounds.ts';
import { differences, ratios, summarize } from '../harness/statistics.ts';
import { atMost, type Findings } from '../report/report.ts';
import { corpusOf } from '../tokens/corpus.ts';
import type { Scale } from './scale.ts';
import { timeProcesses } from './time-processes.ts';

const ROUNDS = 21;
const PROCESS_ROUNDS = 11;
const TURN_MS = 10;
const CALLERS = 1_000;

const ISSUER = 'https://auth.acme.com';
const API = 'https://orders.acme.com';
const BARE = 'a wrapper of fetch that adds a header';
const FETCH = 'source.fetch, token at hand';
const TOKEN = 'source.token, token at hand';
const OURS = '@authly/client';
const THEIRS = 'openid-client';

/** What a request costs a calling service that already has a token, and what the package costs. */
export async function calling(scale: Scale): Promise<Findings> {
  const server = aServer();
  const source = sourceAt(server);
  const token = (await source.token()).accessToken;
  const bare = bareFetch(server.fetch, token);
  const url = `${API}/orders/7`;
  const init = { headers: { accept: 'application/json' } };
  const costs = await runRounds(
    [
      { name: BARE, verify: () => bare(url, init) },
      { name: FETCH, verify: () => source.fetch(url, init) },
      { name: TOKEN, verify: () => source.token() },
    ],
    corpusOf([token]),
    { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 },
  );
  const cpu = (name: string) => costs.get(name)?.cpuUs ?? [];
  const times = timeProcesses(
    new Map([OURS, THEIRS].map((name) => [name, `await import('${name}')`])),
    scale.rounds(PROCESS_ROUNDS),
  );
  const imports = ratios(times.get(OURS) ?? [], times.get(THEIRS) ?? []);
  const cold = aServer();
  const coldSource = sourceAt(cold);
  await Promise.all(Array.from({ length: CALLERS }, () => coldSource.token()));
  return {
    tables: [
      {
        title: 'Calling services',
        note: 'Processor time of one call in µs; the network is a function that answers at once.',
        columns: ['', 'µs'],
        rows: [BARE, FETCH, TOKEN].map((name) => [name, summarize(cpu(name))]),
      },
      {
        title: 'Import of a client',
        note: 'A process that imports the package and ends, in ms.',
        columns: ['', 'ms'],
        rows: [...times].map(([name, samples]) => [name, summarize(samples)]),
      },
    ],
    goals: [
      atMost(
        'source.fetch over a bare wrapper of fetch',
        summarize(differences(cpu(FETCH), cpu(BARE))),
        1,
        'µs',
      ),
      atMost(`import of ${OURS} over ${THEIRS}, whole processes`, summarize(imports), 1, '×'),
      atMost(
        `requests of ${CALLERS} callers on a cold source`,
        summarize([cold.tokenRequests()]),
        1,
        '',
      ),
    ],
    charts: [],
  };
}

interface Server {
  readonly fetch: typeof globalThis.fetch;
  tokenRequests(): number;
}

/** An authorization server and an API, as one `fetch` function. */
function aServer(): Server {
  let requests = 0;
  const answer = new Response('fine');
  return {
    tokenRequests: () => requests,
    async fetch(input, init) {
      if (init?.method !== 'POST') {
        return String(input).startsWith(API) ? answer : Response.json(METADATA);
      }
      requests += 1;
      return Response.json({ access_token: 'token', token_type: 'Bearer', expires_in: 86_400 });
    },
  };
}

const METADATA = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };

function sourceAt({ fetch }: Server): TokenSource {
  const client = clientSecretBasic('orders-api', 'secret');
  return tokenSource({ issuer: ISSUER, client, resource: API, fetch });
}

/** The wrapper of `fetch` that a service would write by hand. */
function bareFetch(fetch: typeof globalThis.fetch, token: string): typeof globalThis.fetch {
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
}
