import { expect, it } from 'vitest';
import { sourceFiles } from './sources.ts';

// Messages say the line to write, and people paste it. Under `strict` a variable of the environment may be
// `undefined`, which no option takes.
it('every line to write that reads the environment has a default for a missing variable', () => {
  const lines = sourceFiles.flatMap(({ path, code }) =>
    [...code.matchAll(/process\.env\.[A-Z_]+(.{0,6})/g)].map(([text, after = '']) => ({
      path,
      text,
      compiles: after.startsWith(" ?? ''"),
    })),
  );
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.filter(({ compiles }) => !compiles)).toEqual([]);
});
