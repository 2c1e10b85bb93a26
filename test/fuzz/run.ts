import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

// `pnpm fuzz [--minutes 10] [--seed 1] [file …]`: runs every property test of the repository, or those of
// the files, for so long altogether. What fails prints its own seed and path for fast-check; the
// seed printed here repeats the whole run.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  throw new TypeError('Write: pnpm fuzz --minutes 10 --seed 1');
}

const WORKERS = 2;
const root = new URL('../../', import.meta.url);
const files = positionals.length > 0 ? positionals : propertyFiles();
const properties = files.reduce((sum, file) => sum + propertiesOf(file), 0);
const milliseconds = minutes * 60_000;

process.env['FUZZ_SEED'] = String(seed);
process.env['FUZZ_UNTIL'] = String(Date.now() + milliseconds);
process.env['FUZZ_MS_FOR_EACH'] = String(
  Math.ceil((milliseconds * WORKERS) / Math.max(properties, 1)),
);
process.stdout.write(
  `${properties} properties in ${files.length} files, ${minutes} minutes, seed ${seed}\n`,
);
const vitest = await startVitest('test', [...files], {
  config: 'test/fuzz/vitest.config.ts',
  watch: false,
});
await vitest.close();

/** The test files that have properties, by their text. */
function propertyFiles(): readonly string[] {
  const tests = ['packages', 'test'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts') && !/(?:node_modules|dist)\//.test(file))
      .map((file) => `${folder}/${file}`),
  );
  return tests.filter((file) => propertiesOf(file) > 0);
}

function propertiesOf(file: string): number {
  return readFileSync(new URL(file, root), 'utf8').split('fc.assert(').length - 1;
}
