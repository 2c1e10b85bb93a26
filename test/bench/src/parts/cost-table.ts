import type { Algorithm } from '@authly/core';
import type { Costs } from '../harness/rounds.ts';
import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import type { Cell, Table } from '../report/report.ts';

/** Ours, in every table. */
export const OURS = 'authly';

/** What every contender cost, by name. */
export type CostsByName = ReadonlyMap<string, Costs>;

/** The same for several algorithms. */
export type CostsByAlgorithm = ReadonlyMap<Algorithm, CostsByName>;

/** Which of the costs a table shows, and against whom. */
export interface Aspect {
  readonly cost: keyof Costs;
  readonly base: string;
  /** Head of the column with the ratios. */
  readonly ratio: string;
}

/** One row a contender, two columns an algorithm: microseconds, and the ratio to the base. */
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

/** A contender's cost as a multiple of another's, round by round. */
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
