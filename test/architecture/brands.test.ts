import { expect, it } from 'vitest';
import { sourceFiles } from './sources.ts';

// Two copies of a package in one process, or its ESM and its CommonJS form, have a class each: an error of
// the one is no instance of the other's. A brand tells it, by a registered symbol: `isAuthError`.
const classes = sourceFiles.flatMap(({ code }) =>
  [...code.matchAll(/\bclass (\w+)/g)].map(([, name = '']) => name),
);

it('no source uses instanceof with a class of ours', () => {
  expect(classes).toContain('RefusedError');
  const ours = new RegExp(`\\binstanceof (?:${classes.join('|')})\\b`);
  expect(sourceFiles.filter(({ code }) => ours.test(code)).map(({ path }) => path)).toEqual([]);
});

// What is found by it must be found by the other form, too. What is only remembered, to save work, may be
// there twice: name it here.
const MEMORIES: readonly string[] = [
  'packages/core/src/signature/pss.ts',
  'packages/core/src/stores/revocation-ids.ts',
  'packages/express/src/principal-property.ts',
];

it('only the listed sources keep state in a WeakMap or behind a symbol of their own', () => {
  const keepers = sourceFiles.filter(({ code }) =>
    /^(?:export )?const .*(?<!processWide\(.*)new Weak(?:Map|Set)\b|[= ]Symbol\(/m.test(code),
  );
  expect(keepers.map(({ path }) => path).sort()).toEqual(MEMORIES);
});
