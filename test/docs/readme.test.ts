import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as providers from '@authly/core/providers';
import { quickstart } from '@authly-examples/quickstart';
import { describe, expect, it } from 'vitest';
import { presets } from './snippets/presets.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readme = read('README.md');

/** Files that README.md shows as a whole. */
const WHOLE = ['examples/express-api/src/claims.ts', 'examples/express-api/types/register.d.ts'];

const SNIPPETS = 'test/docs/snippets';
const PRESET_SNIPPETS = `${SNIPPETS}/presets`;
const folders = readdirSync(new URL(SNIPPETS, ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `${SNIPPETS}/${name}`);

/**
 * The documents whose code is held to snippets: a folder `callers` is for `docs/callers.md`, and of the
 * folder `presets` each file is for the page of one preset.
 */
const DOCUMENTS: readonly {
  document: string;
  files: readonly string[];
  whole: readonly string[];
}[] = [
  { document: 'README.md', files: filesIn(SNIPPETS), whole: WHOLE },
  ...folders
    .filter((folder) => folder !== PRESET_SNIPPETS)
    .map((folder) => ({
      document: `docs/${basename(folder)}.md`,
      files: filesIn(folder),
      whole: [],
    })),
  ...filesIn(PRESET_SNIPPETS).map((file) => ({
    document: `docs/presets/${basename(file, '.ts')}.md`,
    files: [file],
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

  it('is that of files which are compiled and run, and no other', () => {
    const known = new Set(sources.map(({ code }) => code));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.filter((block) => !known.has(block))).toEqual([]);
  });

  it('is every marked region', () => {
    const missing = sources.filter(({ code }) => !shown.includes(code));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });
});

describe('README.md', () => {
  it('lists every preset in its table, as it may be written', () => {
    const code = read('test/docs/snippets/presets.ts');
    const written = [...code.matchAll(/^ {2}(\w+): (\1\(.*\)),$/gm)].map(([, , call]) => call);
    const rows = [...readme.matchAll(/^\| [^|]+ \| `(\w+\(.*\))` \| [^|]+ \|$/gm)];
    expect(rows.map(([, call]) => call)).toEqual(written);
    const exported = Object.entries(providers).filter(([, value]) => typeof value === 'function');
    expect(Object.keys(presets).sort()).toEqual(exported.map(([name]) => name).sort());
    for (const [name, { preset }] of Object.entries(presets)) expect(preset).toBe(name);
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

  it('names commands that exist', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
    const commands = blocks('sh').flatMap((block) => [...block.matchAll(/npx pnpm (\w+)/g)]);
    expect(commands.map(([, name]) => name)).toEqual(['start', 'test', 'build']);
    for (const [, name = ''] of commands) expect(scripts).toHaveProperty(name);
    const [, example] = /--filter @authly-examples\/(\S+) start$/m.exec(readme) ?? [];
    expect(JSON.parse(read(`examples/${example}/package.json`)).scripts).toHaveProperty('start');
  });
});

const LINKED = [
  'SECURITY.md',
  'docs/errors.md',
  'docs/presets/README.md',
  ...DOCUMENTS.map(({ document }) => document),
];

describe.each(LINKED)('the links of %s', (path) => {
  const text = read(path);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

  it('lead to files and headings that exist', () => {
    const broken = links.filter((target) => {
      if (target.startsWith('https://')) return false;
      const [file = '', heading] = target.split('#');
      const url = file === '' ? new URL(path, ROOT) : new URL(file, new URL(path, ROOT));
      if (!existsSync(url)) return true;
      return heading !== undefined && !anchorsOf(readFileSync(url, 'utf8')).includes(heading);
    });
    expect(links.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });
});

/** The names that GitHub gives to the headings of a document. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}
