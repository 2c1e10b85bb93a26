import { describe, expect, it } from 'vitest';
import { sourceFiles } from './sources.ts';

// Time, chance and the network come in through options, so that a test can choose them and a reader
// sees them. Each has the one file that turns the global into a default. (Lint forbids the globals
// themselves: fetch, process, console.)
const GLOBALS: readonly { name: string; use: RegExp; files: readonly string[] }[] = [
  {
    name: 'the time',
    use: /\bDate\.now\b|\bnew Date\(\s*\)/,
    files: ['packages/core/src/lib/clock.ts'],
  },
  { name: 'chance', use: /\bMath\.random\b/, files: ['packages/core/src/lib/random.ts'] },
  {
    name: 'the network',
    use: /(?<!typeof )\bglobalThis\.fetch\b/,
    files: [
      'packages/client/src/source-options.ts',
      'packages/core/src/keys/signed-jwt-verifier.ts',
      'packages/core/src/options/resolve-options.ts',
    ],
  },
];

describe.each(GLOBALS)('$name', ({ use, files }) => {
  it('is read only in the files listed here', () => {
    const readers = sourceFiles.filter(({ code }) => use.test(code)).map(({ path }) => path);
    expect(readers).toEqual(files);
  });
});

it('no source uses the JWK type of Node, which differs between the versions of its types', () => {
  const taken = sourceFiles.filter(({ code }) =>
    /import[^;]*\bJsonWebKey\b[^;]*from 'node:crypto'/.test(code),
  );
  expect(taken.map(({ path }) => path)).toEqual([]);
});
