import { existsSync, readdirSync } from 'node:fs';
import type { Counterpart } from './counterpart.ts';
import { columns, isAsExpected, type Visit, visitApis } from './visits.ts';

// `pnpm counterpart <name>`: starts somebody else's authorization server, gets a user's and a machine's
// token from it, sends them to APIs of this kit, prints a table and stops everything. Without a name,
// or with an unknown one, it lists the names.

const FOLDER = new URL('names/', import.meta.url);

process.exitCode = await run(process.argv[2]);

async function run(name: string | undefined): Promise<number> {
  const file =
    name === undefined || !/^[\w-]+$/.test(name) ? undefined : new URL(`${name}.ts`, FOLDER);
  if (file === undefined || !existsSync(file)) {
    await listNames(name);
    return name === undefined ? 0 : 1;
  }
  const running = await (await load(file)).start();
  process.once('SIGINT', () => {
    const exit = () => process.exit(130);
    running.stop().then(exit, exit);
  });
  try {
    const visits = await visitApis(running);
    print(tableOf(visits));
    const wrong = visits.filter((visit) => !isAsExpected(visit)).length;
    print(wrong === 0 ? 'All as expected.' : `${wrong} of ${visits.length} are not as expected.`);
    return wrong === 0 ? 0 : 1;
  } finally {
    await running.stop();
  }
}

async function listNames(unknown: string | undefined): Promise<void> {
  if (unknown !== undefined) print(`There is no counterpart ${JSON.stringify(unknown)}.`);
  print('npx pnpm counterpart <name>, where <name> is one of:');
  for (const entry of readdirSync(FOLDER)) {
    const { description } = await load(new URL(entry, FOLDER));
    print(`  ${entry.replace(/\.ts$/, '').padEnd(16)}${description}`);
  }
}

async function load(file: URL): Promise<Counterpart> {
  const module: { readonly counterpart: Counterpart } = await import(file.href);
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
