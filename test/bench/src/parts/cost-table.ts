import type { Algorithm } from '@authly/core';
import type { Costs } from '../harness/rounds.ts';
import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import type { Cell, Table } from '../report/report.ts';

/** The name of Authly in every table. */
export const OURS = 'authly';

/** What each contender cost, by its name. */
export type CostsByName = ReadonlyMap<string, Costs>;

/** The same for several algorithms. */
export type CostsByAlgorithm = ReadonlyMap<Algorithm, CostsByName>;

/** Which of the costs a table shows, and what they are compared with. */
export interface Aspect {
  readonly cost: keyof Costs;
  readonly base: string;
  /** Title of the column with the ratios. */
  readonly ratio: string;
}

/**
 * Makes a table with one row per contender and two columns per algorithm: microseconds, and the ratio to the
 * base.
 */
export function costTable(
  title: string,
  note: string,
  byAlgorithm: CostsByAlgorithm,
  aspect: Aspect,
): Table {
  const names = new Set([...byAlgorithm.values()].flatMap((costs) => [...costs.keys()]));
  const columns = [...byAlgorithm.keys()].flatMap((name) => [`${name} µs`, aspect.ratio]);
  return {
    title,
    note,
    columns: ['', ...columns],
    rows: [...names].map((name) => [
      name,
      ...[...byAlgorithm.values()].flatMap((costs) => cellsOf(costs, name, aspect)),
    ]),
  };
}

/** One contender's cost as a multiple of another's, round by round. */
export function costRatio(
  costs: CostsByName,
  name: string,
  { base, cost }: Pick<Aspect, 'base' | 'cost'>,
): Summary {
  return summarize(ratios(costs.get(name)?.[cost] ?? [], costs.get(base)?.[cost] ?? []));
}

function cellsOf(costs: CostsByName, name: string, aspect: Aspect): readonly Cell[] {
  const own = costs.get(name);
  if (own === undefined) return ['–', '–'];
  return [summarize(own[aspect.cost]), costRatio(costs, name, aspect)];
}
