import { runRounds } from '../harness/rounds.ts';
import { summarize } from '../harness/statistics.ts';
import type { Cell, Findings, Table } from '../report/report.ts';
import { issuersAxis, keysAxis, scopesAxis, tokensAxis } from './growth-axes.ts';
import type { Axis } from './growth-axis.ts';
import type { Scale } from './scale.ts';

const ROUNDS = 9;
const TURN_MS = 10;

/**
 * What a request costs when configuration and traffic grow. It should stay as low as with one issuer, key or
 * token.
 */
export async function growth(scale: Scale): Promise<Findings> {
  const tables: Table[] = [];
  for (const make of [issuersAxis, keysAxis, scopesAxis, tokensAxis]) {
    const axis = make(scale);
    tables.push(await tableOf(axis, scale));
    for (const { cold, warm } of axis.points) {
      cold?.close?.();
      warm.close?.();
    }
  }
  return { tables, goals: [], charts: [] };
}

async function tableOf({ title, note, of, points }: Axis, scale: Scale): Promise<Table> {
  const contenders = points.flatMap(({ cold, warm }) => (cold ? [cold, warm] : [warm]));
  const [first] = points;
  if (first === undefined) throw new Error(`${title}: nothing to measure`);
  const effort = { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 };
  const costs = await runRounds(contenders, first.corpus, effort);
  const cellOf = (name: string | undefined): Cell => {
    const own = name === undefined ? undefined : costs.get(name);
    return own === undefined ? '–' : summarize(own.wallUs);
  };
  return {
    title,
    note,
    columns: [of, 'characters a token', 'cold µs', 'warm µs'],
    rows: points.map(({ size, corpus, cold, warm }) => [
      size.toLocaleString('en-US'),
      corpus.characters,
      cellOf(cold?.name),
      cellOf(warm.name),
    ]),
  };
}
