import { expect, it } from 'vitest';
import { sourceFiles } from './sources.ts';

// One concept a file: about 120 lines. Past this ceiling a file holds two.
const MAX_LINES = 300;

it(`no source file has more than ${MAX_LINES} lines`, () => {
  const sizes = sourceFiles.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
  expect(sizes.length).toBeGreaterThan(0);
  expect(sizes.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
});
