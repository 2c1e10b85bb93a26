import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/adding-a-provider.md', ROOT), 'utf8');
const [, lists = ''] = page.split('\n## 4. The lists\n');
const places = [...lists.matchAll(/^\| `([\w./-]+)` \|/gm)].map(([, path = '']) => path);

it('the page names at least six lists of presets', () => {
  expect(places.length).toBeGreaterThanOrEqual(6);
});

// A preset that is complete stands in each of them: a list that is gone would be searched in vain.
it.each(places)('%s lists presets: Kinde is one of them', (path) => {
  const url = new URL(path, ROOT);
  if (statSync(url).isDirectory()) {
    expect(existsSync(new URL(`${path}/kinde.ts`, ROOT))).toBe(true);
  } else {
    expect(readFileSync(url, 'utf8').toLowerCase()).toContain('kinde');
  }
});
