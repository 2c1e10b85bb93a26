import { ratios, type Summary, summarize } from '../harness/statistics.ts';
import { atMost, type Findings, type Table } from '../report/report.ts';
import { installedSize } from './installed-size.ts';
import type { Scale } from './scale.ts';
import { HERE, timeProcesses } from './time-processes.ts';

const ROUNDS = 11;
const OURS = '@authly/express';
const THEIRS = 'express-oauth2-jwt-bearer';

const MODULES = [
  OURS,
  THEIRS,
  '@authly/koa',
  '@authly/core',
  'koa-jwt',
  'express-jwt',
  'jwks-rsa',
  'jose',
  'fast-jwt',
  'aws-jwt-verify',
] as const;

/** What a process pays at its start, and what an installation adds. */
export async function start(scale: Scale): Promise<Findings> {
  const programs = new Map([
    ['node alone', ''],
    ...MODULES.map((name) => [name, `await import('${name}')`] as const),
  ]);
  const times = timeProcesses(programs, scale.rounds(ROUNDS));
  const alone = times.get('node alone') ?? [];
  const ratio = summarize(ratios(times.get(OURS) ?? [], times.get(THEIRS) ?? []));
  return {
    tables: [importTable(times, alone), sizeTable()],
    goals: [atMost(`import of ${OURS} over ${THEIRS}, whole processes`, ratio, 1, '×')],
    charts: [
      {
        title: 'Start: a process that imports it and ends',
        unit: 'ms',
        bars: [...times].map(([name, samples]) => ({ name, value: summarize(samples) })),
      },
    ],
  };
}

function importTable(
  times: ReadonlyMap<string, readonly number[]>,
  alone: readonly number[],
): Table {
  return {
    title: 'Start',
    note: 'A process that imports the package and ends, in ms, and what that adds to an empty one.',
    columns: ['', 'ms', 'added ms'],
    rows: [...times].map(([name, samples]) => [name, summarize(samples), added(samples, alone)]),
  };
}

function added(samples: readonly number[], alone: readonly number[]): Summary {
  return summarize(samples.map((sample, round) => sample - (alone[round] ?? Number.NaN)));
}

function sizeTable(): Table {
  return {
    title: 'Installation',
    note: 'The package with everything it depends on, frameworks (peer dependencies) left out.',
    columns: ['', 'packages', 'files', 'kB'],
    rows: MODULES.map((name) => {
      const { packages, files, bytes } = installedSize(name, HERE);
      return [name, String(packages), String(files), bytes / 1_000];
    }),
  };
}
