import { expect, it } from 'vitest';
import { sourceFiles } from './sources.ts';

// A promise of a vm context, of zone.js or of a query builder is no instance of this realm's Promise: it
// is recognized by its `then`, by `isThenable` of core's `lib/maybe-promise.ts`.
it('no source recognizes a promise by its class', () => {
  const offenders = sourceFiles.filter(({ code }) =>
    /\binstanceof Promise\b|\bconstructor === Promise\b|\bisPromise\(/.test(code),
  );
  expect(offenders.map(({ path }) => path)).toEqual([]);
});
