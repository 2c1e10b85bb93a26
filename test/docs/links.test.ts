import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(posix.join(ROOT, path), 'utf8');

const { homepage }: { readonly homepage: string } = JSON.parse(read('package.json'));
/** Where a file or a folder of this repository is shown to readers of a published package. */
const SHOWN = new RegExp(`^${homepage.replaceAll('.', '\\.')}/(?:blob|tree)/main/(.+)$`);

/** Every markdown file that is in the repository, or will be. */
const documents = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  { cwd: ROOT, encoding: 'utf8' },
)
  .trim()
  .split('\n')
  .filter((path) => existsSync(posix.join(ROOT, path)))
  // Notes for a changelog are shown elsewhere; the template of a decision links to one that is not written.
  .filter((path) => !path.startsWith('.changeset/') && path !== 'docs/adr/template.md');

/** What a document links to: `[text](target)`, outside of code. */
function linksOf(text: string): readonly string[] {
  const prose = text.replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '').replace(/(`+)[^`].*?\1/g, 'code');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

/** The names that GitHub gives to the headings of a document; of two that are equal the second ends in `-1`. */
function anchorsOf(text: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const prose = text.replace(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '');
  const names = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const name = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
  return new Set(names);
}

/** What is wrong with a link of a document; `undefined` when it leads somewhere. */
function faultOf(document: string, target: string): string | undefined {
  const shown = SHOWN.exec(target)?.[1];
  if (shown === undefined && /^(?:https?|mailto):/.test(target)) return undefined;
  const [file = '', heading] = (shown ?? target).split('#');
  const folder = shown === undefined ? dirname(document) : '.';
  const path = file === '' ? document : posix.join(folder, decodeURIComponent(file));
  const place = posix.join(ROOT, path);
  if (path.startsWith('..') || !existsSync(place)) return `${target}: no such file`;
  if (heading === undefined || statSync(place).isDirectory()) return undefined;
  if (!path.endsWith('.md') || anchorsOf(read(path)).has(heading)) return undefined;
  return `${target}: no such heading`;
}

describe.each(documents)('the links of %s', (document) => {
  it('lead to files and headings that exist', () => {
    const faults = linksOf(read(document)).map((target) => faultOf(document, target));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });
});

describe('the check of links', () => {
  it('finds dead links, and does not treat code as a link', () => {
    const text = 'See [a](docs/nothing.md), [b](README.md#nothing), [c](README.md), `[d](e)`.';
    const faults = linksOf(text).map((target) => faultOf('README.md', target));
    expect(faults).toEqual([
      'docs/nothing.md: no such file',
      'README.md#nothing: no such heading',
      undefined,
    ]);
    expect(faultOf('README.md', `${homepage}/blob/main/docs/nothing.md`)).toContain('no such file');
    expect(faultOf('README.md', `${homepage}/blob/main/README.md`)).toBeUndefined();
  });

  it('knows the second of two equal headings', () => {
    expect([...anchorsOf('# A b\n# A `b`!\n')]).toEqual(['a-b', 'a-b-1']);
  });
});

describe('docs/README.md', () => {
  it('leads to every page of the documentation', () => {
    const index = linksOf(read('docs/README.md')).map((link) => link.split('#')[0]);
    const pages = documents.filter((path) => /^docs\/[^/]+\.md$/.test(path));
    const missing = pages
      .map((path) => path.slice('docs/'.length))
      .filter((name) => !index.includes(name));
    expect(missing).toEqual(['README.md']);
  });
});
