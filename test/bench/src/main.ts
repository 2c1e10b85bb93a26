import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isPartName, PARTS, type PartName } from './parts/index.ts';
import { drawing } from './report/drawing.ts';
import { goalsTable, reportMarkdown, tableMarkdown } from './report/markdown.ts';
import type { Report } from './report/report.ts';
import { readReport, writeReportFile } from './report/reports-folder.ts';

// `node main.js [part …] [plot] [--quick]` runs the given parts, or all of them, each in a process of its
// own.

/** No part takes longer than this. A part that does is stuck. */
const PART_LIMIT_MS = 240_000;
const PINNED: PartName = 'concurrent-pinned';
const ALL_PARTS = Object.keys(PARTS).filter(isPartName);
/** The parts that docs/performance.svg shows. A part without a report is left out. */
const PLOTTED: readonly PartName[] = ['cold', 'warm', 'concurrent', 'http'];
const DOCS_DRAWING = fileURLToPath(new URL('../../../docs/performance.svg', import.meta.url));

const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const asked = args.filter((arg) => !arg.startsWith('--'));
const parts = asked.length === 0 ? ALL_PARTS : asked.filter(isPartName).flatMap(withPinned);
const unknown = asked.filter((arg) => !isPartName(arg) && arg !== 'plot');
if (unknown.length > 0) {
  throw new Error(`No such part: ${unknown.join(', ')}. Parts: ${ALL_PARTS.join(', ')}, plot`);
}

const [load = 0] = loadavg();
if (parts.length > 0 && load > 0.5) {
  say(
    `The load average is ${load.toFixed(1)}: others are at work, and the figures will scatter.\n`,
  );
}
for (const part of parts) run(part);
if (parts.length > 0 && !flags.includes('--quick')) summarizeAll(asked.length === 0);
if (asked.length === 0 || asked.includes('plot')) plot();

/** Adds the part that runs on one core: a process must be started differently for that. */
function withPinned(part: PartName): readonly PartName[] {
  return part === 'concurrent' ? [part, PINNED] : [part];
}

function run(part: PartName): void {
  const node = [process.execPath, '--expose-gc', pathOf('part.js'), part, ...flags];
  const [command = '', ...rest] = part === PINNED ? ['taskset', '-c', '0', ...node] : node;
  const { error, status } = spawnSync(command, rest, { stdio: 'inherit', timeout: PART_LIMIT_MS });
  if (part === PINNED && error !== undefined && 'code' in error && error.code === 'ENOENT') {
    say('There is no taskset on this machine: left out what is pinned to one core.\n');
  } else if (error !== undefined || status !== 0) {
    throw new Error(`The part ${part} failed`, { cause: error });
  }
}

/** Writes everything that was found so far into one file. After a run of all parts, also prints the goals. */
function summarizeAll(aloud: boolean): void {
  const reports = ALL_PARTS.flatMap((part) => readReport(part) ?? []);
  const goals = goalsTable(reports.flatMap((report) => report.goals));
  const markdown = ['# Benchmark', tableMarkdown(goals), ...reports.map(reportMarkdown)];
  const path = writeReportFile('bench.md', `${markdown.join('\n\n')}\n`);
  writeReportFile('bench.json', `${JSON.stringify(reports, undefined, 2)}\n`);
  if (aloud) say(tableMarkdown(goals));
  say(`\nEverything found so far is in ${path}\n`);
}

function plot(): void {
  const charts = ALL_PARTS.flatMap((part) => readReport(part)?.charts ?? []);
  const all = drawing(charts, { title: 'What the benchmark found' });
  say(`Drawn: ${writeReportFile('bench.svg', all)}\n`);
  plotForDocs();
}

/** Draws docs/performance.svg. It shows no figures, so that they are only in the tables of the page. */
function plotForDocs(): void {
  const found = PLOTTED.flatMap((part) => readReport(part) ?? []);
  if (found.length === 0) return;
  const svg = drawing(
    found.flatMap(({ charts }) => charts),
    { title: 'Authly beside others', foot: machineOf(found), figures: false },
  );
  writeFileSync(DOCS_DRAWING, svg);
  say(`Drawn: ${DOCS_DRAWING}\n`);
}

function machineOf(reports: readonly Report[]): string {
  const taken = reports.map(({ takenAt }) => takenAt.slice(0, 10)).toSorted();
  const days = [...new Set([taken[0], taken.at(-1)])].join(' to ');
  const [first] = reports;
  if (first === undefined) return days;
  const { node, processor, cores } = first.environment;
  return `Node.js ${node}, ${processor}, ${cores} cores; ${days}. Bars: medians; lines: the middle half.`;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
