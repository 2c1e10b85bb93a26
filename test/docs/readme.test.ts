import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as providers from '@authly/core/providers';
import { quickstart } from '@authly-examples/quickstart';
import { describe, expect, it } from 'vitest';
import { presets } from './snippets/presets.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readme = read('README.md');

/** Files that docs/callers.md shows as a whole. */
const WHOLE = ['examples/express-api/src/claims.ts', 'examples/express-api/types/register.d.ts'];

const SNIPPETS = 'test/docs/snippets';
const PRESET_SNIPPETS = `${SNIPPETS}/presets`;
const PACKAGE_SNIPPETS = `${SNIPPETS}/packages`;
const folders = readdirSync(new URL(SNIPPETS, ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `${SNIPPETS}/${name}`);

/**
 * The documents whose code must be that of snippets: a folder `callers` is for `docs/callers.md`.
 * Of the folder `presets` each file is for the page of one preset, and of `packages` for the README
 * of one package.
 */
const DOCUMENTS: readonly {
  document: string;
  files: readonly string[];
  whole: readonly string[];
}[] = [
  { document: 'README.md', files: filesIn(SNIPPETS), whole: [] },
  ...folders
    .filter((folder) => folder !== PRESET_SNIPPETS && folder !== PACKAGE_SNIPPETS)
    .map((folder) => ({
      document: `docs/${basename(folder)}.md`,
      files: filesIn(folder),
      whole: basename(folder) === 'callers' ? WHOLE : [],
    })),
  ...filesIn(PRESET_SNIPPETS).map((file) => ({
    document: `docs/presets/${basename(file, '.ts')}.md`,
    files: [file],
    whole: [],
  })),
  ...filesIn(PACKAGE_SNIPPETS).map((file) => ({
    document: `packages/${basename(file, '.ts')}/README.md`,
    files: [file],
    whole: [],
  })),
  ...['express', 'koa'].map((name) => ({
    document: `packages/${name}/README.md`,
    files: [`${SNIPPETS}/${name}.ts`],
    whole: [],
  })),
];

function filesIn(folder: string): readonly string[] {
  const names = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.ts'));
  return names.map((name) => `${folder}/${name}`);
}

/** What a document may show: the marked regions of its snippets, and whole files. */
function sourcesOf(files: readonly string[], whole: readonly string[]): readonly Source[] {
  return [
    ...whole.map((path) => ({ name: path, code: read(path).trimEnd() })),
    ...files.flatMap(regionsOf),
  ];
}

interface Source {
  readonly name: string;
  readonly code: string;
}

function regionsOf(path: string): readonly Source[] {
  const marked = /^[ \t]*\/\/ #region (\S+)\n([\s\S]*?)^[ \t]*\/\/ #endregion$/gm;
  return [...read(path).matchAll(marked)].map(([, region, code = '']) => ({
    name: `${path} ${region}`,
    code: dedent(code),
  }));
}

function blocks(language: string, text = readme): readonly string[] {
  const fences = text.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm);
  return [...fences].flatMap(([, name, code = '']) => (name === language ? [code] : []));
}

function dedent(code: string): string {
  const lines = code.trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}

describe.each(DOCUMENTS)('the code of $document', ({ document, files, whole }) => {
  const sources = sourcesOf(files, whole);
  const shown = blocks('ts', read(document));

  it('comes only from files that are compiled and run', () => {
    const known = new Set(sources.map(({ code }) => code));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((block) => !known.has(block))).toEqual([]);
  });

  it('includes every marked region', () => {
    const missing = sources.filter(({ code }) => !shown.includes(code));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

it('the table of the index has every preset, written as it can be used', () => {
  const code = read('test/docs/snippets/presets.ts');
  const written = [...code.matchAll(/^ {2}(\w+): (\1\(.*\)),$/gm)].map(([, , call]) => call);
  const index = read('docs/presets/README.md');
  const rows = [...index.matchAll(/^\| [^|]+ \| `(\w+\(.*\))` \| [^|]+ \|$/gm)];
  expect(rows.map(([, call]) => call)).toEqual(written);
  const exported = Object.entries(providers).filter(([, value]) => typeof value === 'function');
  expect(Object.keys(presets).sort()).toEqual(exported.map(([name]) => name).sort());
  for (const [name, { preset }] of Object.entries(presets)) expect(preset).toBe(name);
});

describe('README.md', () => {
  it('has at most 1,200 words, so that it is read', () => {
    expect(readme.split(/\s+/).length).toBeLessThanOrEqual(1200);
  });

  it('shows lines that the quickstart prints', async () => {
    const printed: string[] = [];
    await quickstart({ print: (text) => printed.push(...text.split('\n')) });
    const [table = ''] = blocks('');
    const lines = table.split('\n').map((line) => line.replace(/ …$/, ''));
    expect(lines.length).toBeGreaterThan(3);
    const others = lines.filter((line) => !printed.some((other) => other.startsWith(line)));
    expect(others).toEqual([]);
  });

  it('names commands and packages that exist', () => {
    const commands = blocks('sh').flatMap((block) => [...block.matchAll(/npx pnpm (\w+)/g)]);
    expect(commands.map(([, name]) => name)).toEqual(['start', 'test', 'tarballs']);
    for (const [, name = ''] of commands) expect(scripts()).toHaveProperty(name);
    const tarballs = [...readme.matchAll(/authly-(\w+)-\*\.tgz/g)].map(([, name]) => name);
    expect(tarballs).toEqual(['core', 'express', 'koa', 'issuer', 'testing', 'client', 'signals']);
    for (const name of tarballs) expect(read(`packages/${name}/package.json`)).toContain(name);
  });
});

describe('examples/README.md', () => {
  const text = read('examples/README.md');

  it('lists every example', () => {
    const listed = [...text.matchAll(/\[`([\w-]+)`\]\(\1\//g)].map(([, name]) => name);
    const examples = readdirSync(new URL('examples', ROOT), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(listed.toSorted()).toEqual(examples.toSorted());
  });

  it('names the settings of each example, and examples that can be copied name packages by version', () => {
    const folders = readdirSync(new URL('examples', ROOT), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'quickstart')
      .map(({ name }) => name);
    for (const folder of folders) {
      expect(read(`examples/${folder}/package.json`)).not.toMatch(/"(?:workspace|catalog):/);
      const sources = filesIn(`examples/${folder}/src`).map(read).join('\n');
      const settings = sources.matchAll(/required(?:Setting)?\('([A-Z_]+)'\)/g);
      const needed = new Set([...settings].map(([, name = '']) => name));
      const [row = ''] = text
        .split('\n')
        .filter((line) => line.startsWith('| `') && line.includes(`\`${folder}\``));
      const listed = [...row.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
      expect(listed, folder).toEqual(expect.arrayContaining([...needed]));
      expect(listed.length > 0, folder).toBe(needed.size > 0);
    }
  });

  it('names a command that exists', () => {
    const [, example] = /--filter @authly-examples\/(\S+) start$/m.exec(text) ?? [];
    expect(JSON.parse(read(`examples/${example}/package.json`)).scripts).toHaveProperty('start');
  });
});

function scripts(): Readonly<Record<string, string>> {
  return JSON.parse(read('package.json')).scripts;
}
