import type { Summary } from '../harness/statistics.ts';
import type { Environment } from './environment.ts';

/** A number that was measured many times, a plain number, or text. */
export type Cell = Summary | number | string;

/** One table of a report. */
export interface Table {
  readonly title: string;
  /** What the table shows, and what it does not. */
  readonly note: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A limit, and what was measured. */
export interface Goal {
  readonly measure: string;
  readonly limit: string;
  readonly measured: Cell;
  readonly met: boolean;
}

/** Bars below each other, for the drawing. */
export interface Chart {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

/** One bar: the median, and a line over the middle half. */
export interface Bar {
  readonly name: string;
  readonly value: Summary;
}

/** What one part of the benchmark found. */
export interface Findings {
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  readonly charts: readonly Chart[];
}

/** Findings, and where and when they were measured. */
export interface Report extends Findings {
  readonly part: string;
  readonly environment: Environment;
  /** ISO 8601. */
  readonly takenAt: string;
  readonly tookSec: number;
}

/** A goal that is met by a measured value of at most `limit`. */
export function atMost(measure: string, measured: Summary, limit: number, unit: string): Goal {
  return {
    measure,
    measured,
    limit: `≤ ${limit} ${unit}`.trimEnd(),
    met: measured.median <= limit,
  };
}

/** A goal that is met by a measured value of at least `limit`. */
export function atLeast(measure: string, measured: Summary, limit: number, unit: string): Goal {
  return {
    measure,
    measured,
    limit: `≥ ${limit} ${unit}`.trimEnd(),
    met: measured.median >= limit,
  };
}
