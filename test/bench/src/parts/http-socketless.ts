import { differences, type Summary, summarize } from '../harness/statistics.ts';
import { openChild } from '../http/child.ts';
import type { Guard } from '../http/guarded-app.ts';
import type { SocketlessAnswer, SocketlessQuestion } from '../http/socketless-process.ts';
import { atMost, type Findings, type Table } from '../report/report.ts';
import type { HttpTurns } from './http-rounds.ts';

/** Several processes, because two processes with the same code differ by more than the rounds of one. */
const STARTS = 3;

/**
 * What guards add to a request of an application that is called without a socket. With sockets, the rounds of one guard
 * differ by more than two guards do. Here they differ less, and there are more of them.
 */
export async function httpSocketless(
  turns: HttpTurns,
  byHand: Guard,
): Promise<Pick<Findings, 'tables' | 'goals'>> {
  const found = { tables: [] as Table[], goals: [] as Findings['goals'][number][] };
  for (const [name, tokens] of Object.entries(turns.corpora)) {
    const cpuUs = new Map<Guard, number[]>(turns.guards.map((guard) => [guard, []]));
    for (let start = 0; start < STARTS; start++) {
      const answer = await measure(turns, tokens);
      for (const [guard, all] of cpuUs) all.push(...(answer[guard] ?? []));
    }
    const added = (guard: Guard, base: Guard): Summary =>
      summarize(differences(cpuUs.get(guard) ?? [], cpuUs.get(base) ?? []));
    const what = `${turns.framework}, RS256, ${name}, without a socket`;
    found.tables.push({
      title: `HTTP, ${what}`,
      note:
        'Processor time a request of an application that is called in its own process, in turns of 1,000 requests, ' +
        'over three processes; and what it has more than others in the same round.',
      columns: ['', 'CPU µs', 'added CPU µs', `beyond ${byHand}, µs`],
      rows: [...cpuUs].map(([guard, all]) => [
        guard,
        summarize(all),
        added(guard, 'bare'),
        added(guard, byHand),
      ]),
    });
    found.goals.push(
      atMost(`${what}: CPU beyond jose and a Map`, added('authly', byHand), 0, 'µs'),
    );
  }
  return found;
}

async function measure(
  { framework, guards, target, rounds }: HttpTurns,
  tokens: readonly string[],
): Promise<SocketlessAnswer> {
  const [publicJwk] = target.jwks.keys;
  if (publicJwk === undefined) throw new Error('The target has no key');
  const child = openChild<SocketlessQuestion, SocketlessAnswer>('socketless-process.js', [
    '--expose-gc',
  ]);
  const { jwksUri } = target;
  const answer = await child.ask({ framework, guards, publicJwk, jwksUri, tokens, rounds });
  child.close();
  return answer;
}
