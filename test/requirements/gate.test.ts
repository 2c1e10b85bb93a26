import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { citations } from './citations.ts';
import { coverageDocument } from './coverage-document.ts';
import { manifest } from './manifest.ts';

const entries = manifest.flatMap((coverage) => coverage.entries);
const cited = citations();

describe('the requirements manifest', () => {
  it('has a well-formed id for each entry, which no other entry has', () => {
    const ids = entries.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const { rfc, entries: own } of manifest) {
      const form = new RegExp(`^RFC${rfc}-\\d+(?:\\.\\d+)*-[a-z]$`);
      expect(own.filter(({ id }) => !form.test(id))).toEqual([]);
    }
  });

  it('has a citing test for each entry that is not declined', () => {
    const known = new Set(cited.map(({ id }) => id));
    const uncited = entries.filter(({ id, declined }) => declined === undefined && !known.has(id));
    expect(uncited.map(({ id }) => id)).toEqual([]);
  });

  it('has an entry for every citation', () => {
    const known = new Set<string>(entries.map(({ id }) => id));
    expect(cited.filter(({ id }) => !known.has(id))).toEqual([]);
  });

  it('is what docs/rfc-coverage.md is made of', () => {
    const file = new URL('../../docs/rfc-coverage.md', import.meta.url);
    const text = readFileSync(file, 'utf8');
    // Stale? npx pnpm --filter @authly-test/behaviour rfc-coverage
    expect(text).toBe(coverageDocument(manifest, cited));
  });
});
