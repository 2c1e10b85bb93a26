import { createResourceServer, type Lease, memoryRevocations, type Principal } from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { testIssuer } from '@authly/testing';
import { type Summary, summarize } from '../harness/statistics.ts';
import { atMost, type Findings } from '../report/report.ts';
import { heapBytes } from './heap-bytes.ts';
import type { Scale } from './scale.ts';

const LEASES = 100_000;
const MARKS = 200;
const AUDIENCE = 'https://api.example.com';
const ISSUER = 'https://as.example.com';

/** What a lease takes, what a mark on one of many leases takes, and what the check at each message costs. */
export async function leases(scale: Scale): Promise<Findings> {
  const count = scale.size(LEASES);
  const issuer = testIssuer({ issuer: ISSUER, audience: AUDIENCE });
  const revocations = memoryRevocations();
  const server = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
    audience: AUDIENCE,
    revocation: { store: revocations },
    cache: false,
  });
  const principals: Principal[] = [];
  for (let index = 0; index < count; index++) {
    const claims = { sub: `user-${index}`, jti: `token-${index}`, sid: `session-${index}` };
    principals.push(await server.verify(issuer.aUserToken({ sub_type: undefined, ...claims })));
  }
  let ended = 0;
  const onEnd = () => {
    ended += 1;
  };
  const begin = (principal: Principal) => {
    const lease = server.lease(principal);
    lease.onEnd(onEnd);
    return lease;
  };
  // Runs once to load and compile everything, so that only the leases are in the difference.
  for (const principal of principals.slice(0, 1_000)) begin(principal).end();
  const held: (Lease | undefined)[] = new Array(count).fill(undefined);
  const before = heapBytes();
  const from = performance.now();
  for (const [index, principal] of principals.entries()) held[index] = begin(principal);
  const beginUs = ((performance.now() - from) * 1_000) / count;
  // Each token is looked up in the store once at the start. After that, the store reports its marks.
  await new Promise((resolve) => setTimeout(resolve, scale.quick ? 500 : 5_000));
  const bytes = (heapBytes() - before) / count;

  ended = 0;
  const markMs: number[] = [];
  const strangerMs: number[] = [];
  for (let index = 0; index < MARKS; index++) {
    strangerMs.push(await timed(() => revocations.revokePrincipal(`user:other:${index}`)));
    const { key } = principals[index] ?? { key: '' };
    markMs.push(await timed(() => revocations.revokePrincipal(key)));
  }
  const endedByMarks = ended;
  const messageNs = perMessage(held[count - 1]);
  server.close();
  const marks = summarize(markMs.slice(MARKS / 10));
  return {
    tables: [
      {
        title: `${count.toLocaleString('en-US')} leases`,
        note:
          'Of as many tokens, each with jti, sid and sub. Heap and external memory after a full collection, beside ' +
          `principals and tokens. ${MARKS} marks on one caller each ended ${endedByMarks}.`,
        columns: ['', 'median', 'unit'],
        rows: [
          ['one lease', bytes, 'bytes'],
          ['beginning one', beginUs, 'µs'],
          ['a mark on one caller', marks, 'ms'],
          ['a mark on nobody here', summarize(strangerMs.slice(MARKS / 10)), 'ms'],
          ['lease.ended, for each message', messageNs, 'ns'],
        ],
      },
    ],
    goals: [
      atMost('bytes a lease', summarize([bytes]), 400, 'bytes'),
      atMost('a mark on one of the leases', marks, 1, 'ms'),
    ],
    charts: [],
  };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await run();
  return performance.now() - from;
}

const MESSAGES = 10_000_000;

function perMessage(lease: Lease | undefined): Summary {
  const samples: number[] = [];
  let live = 0;
  for (let round = 0; round < 5; round++) {
    const from = performance.now();
    for (let index = 0; index < MESSAGES; index++) if (lease?.ended === undefined) live += 1;
    samples.push(((performance.now() - from) * 1e6) / MESSAGES);
  }
  if (live === 0) throw new Error('No message came through');
  return summarize(samples);
}
