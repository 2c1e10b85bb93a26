import { existsSync, readdirSync } from 'node:fs';
import type { ClientCounterpart, Counterpart, Meeting, ServerCounterpart } from './counterpart.ts';
import { MissingToolError } from './external-tool.ts';
import { isRight, tableOf as tableOfRows } from './frame/table.ts';
import { aWorkbench } from './frame/workbench.ts';
import { columns, isAsExpected, type Visit, visitApis } from './visits.ts';

// `pnpm counterpart <name>`: starts somebody else's authorization server, gets a user's and a machine's
// token from it, sends them to APIs of this kit, prints a table and stops everything. It exits with
// 1 if a result is not the expected one, or if a tool is missing. Without a name, or with an
// unknown one, it lists the names. Some names are clients. These are tested with servers of this
// kit.

type AnyCounterpart = Counterpart | ClientCounterpart | ServerCounterpart;

const FOLDER = new URL('names/', import.meta.url);

process.exitCode = await run(process.argv[2]);

async function run(name: string | undefined): Promise<number> {
  const file =
    name === undefined || !/^[\w-]+$/.test(name) ? undefined : new URL(`${name}.ts`, FOLDER);
  if (file === undefined || !existsSync(file)) {
    await listNames(name);
    return name === undefined ? 0 : 1;
  }
  try {
    const counterpart = await load(file);
    if ('run' in counterpart) return await tryOut(counterpart);
    return 'start' in counterpart ? await visit(counterpart) : await meet(counterpart);
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    print(error.message);
    return 1;
  }
}

async function tryOut(counterpart: ServerCounterpart): Promise<number> {
  const bench = aWorkbench();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      const exit = () => process.exit(1);
      bench.end().then(exit, exit);
    });
  }
  try {
    print(counterpart.description);
    await counterpart.run(bench);
  } finally {
    // The rows before a failure are printed, too.
    if (bench.rows.length > 0) print(tableOfRows(bench.rows));
    await bench.end();
  }
  return conclude(bench.rows.length, bench.rows.filter((row) => !isRight(row)).length);
}

async function visit(counterpart: Counterpart): Promise<number> {
  const running = await counterpart.start();
  process.once('SIGINT', () => {
    const exit = () => process.exit(130);
    running.stop().then(exit, exit);
  });
  try {
    const visits = await visitApis(running);
    print(tableOf(visits));
    return conclude(visits.length, visits.filter((each) => !isAsExpected(each)).length);
  } finally {
    await running.stop();
  }
}

async function meet(counterpart: ClientCounterpart): Promise<number> {
  const meetings = await counterpart.meet();
  for (const { caller, action, answers } of meetings) {
    for (const [name, answer] of Object.entries(answers)) {
      print([caller.padEnd(18), name.padEnd(8), action.padEnd(11), answer].join('  '));
    }
  }
  return conclude(meetings.length, meetings.filter((each) => !isAsMeant(each)).length);
}

function isAsMeant({ answers, expected }: Meeting): boolean {
  return Object.values(answers).every((answer) => answer.includes(expected));
}

function conclude(all: number, wrong: number): number {
  print(wrong === 0 ? 'All as expected.' : `${wrong} of ${all} are not as expected.`);
  return wrong === 0 ? 0 : 1;
}

async function listNames(unknown: string | undefined): Promise<void> {
  if (unknown !== undefined) print(`There is no counterpart ${JSON.stringify(unknown)}.`);
  print('npx pnpm counterpart <name>, where <name> is one of:');
  for (const entry of readdirSync(FOLDER)) {
    const { description } = await load(new URL(entry, FOLDER));
    print(`  ${entry.replace(/\.ts$/, '').padEnd(16)}${description}`);
  }
}

async function load(file: URL): Promise<AnyCounterpart> {
  const module: { readonly counterpart: AnyCounterpart } = await import(file.href);
  return module.counterpart;
}

function tableOf(visits: readonly Visit[]): string {
  const rows = [
    ['caller', 'path', 'expected', ...columns],
    ...visits.map(({ caller, path, expected, answers }) => [
      caller,
      path,
      expected,
      ...columns.map((name) => (answers[name] === expected ? 'as expected' : `${answers[name]} !`)),
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
