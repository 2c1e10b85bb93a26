import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as providers from '@authly/core/providers';
import { quickstart } from '@authly-examples/quickstart';
import { describe, expect, it } from 'vitest';
import { presets } from './snippets/presets.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const readme = read('README.md');

/** Files that are shown as a whole. */
const WHOLE = ['examples/express-api/src/claims.ts', 'examples/express-api/types/register.d.ts'];

const snippets = readdirSync(new URL('test/docs/snippets', ROOT)).map(
  (file) => `test/docs/snippets/${file}`,
);

/** What README.md may show: the marked regions of the snippets, and whole files. */
const sources: readonly { name: string; code: string }[] = [
  ...WHOLE.map((path) => ({ name: path, code: read(path).trimEnd() })),
  ...snippets.flatMap((path) =>
    [...read(path).matchAll(/^[ \t]*\/\/ #region (\S+)\n([\s\S]*?)^[ \t]*\/\/ #endregion$/gm)].map(
      ([, region, code = '']) => ({ name: `${path} ${region}`, code: dedent(code) }),
    ),
  ),
];

function blocks(language: string): readonly string[] {
  const fences = readme.matchAll(/^```(\w*)\n([\s\S]*?)\n```$/gm);
  return [...fences].flatMap(([, name, code = '']) => (name === language ? [code] : []));
}

function dedent(code: string): string {
  const lines = code.trimEnd().split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return lines.map((line) => line.slice(Math.min(...indents))).join('\n');
}

describe('README.md', () => {
  it('shows no code but that of files which are compiled and run', () => {
    const known = new Set(sources.map(({ code }) => code));
    const shown = blocks('ts');
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((block) => !known.has(block))).toEqual([]);
  });

  it('shows every marked region', () => {
    const shown = new Set(blocks('ts'));
    expect(sources.filter(({ code }) => !shown.has(code)).map(({ name }) => name)).toEqual([]);
  });

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
    expect(commands.map(([, name]) => name)).toEqual(['start', 'test']);
    for (const [, name = ''] of commands) expect(scripts).toHaveProperty(name);
    const [, example] = /--filter @authly-examples\/(\S+) start$/m.exec(readme) ?? [];
    expect(JSON.parse(read(`examples/${example}/package.json`)).scripts).toHaveProperty('start');
  });
});

describe.each(['README.md', 'SECURITY.md', 'docs/errors.md'])('the links of %s', (path) => {
  const text = read(path);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);

  it('lead to files and headings that exist', () => {
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    const broken = links.filter((target) => {
      if (target.startsWith('https://')) return false;
      if (target.startsWith('#')) return !headings.includes(target.slice(1));
      return !existsSync(new URL(target.split('#')[0] ?? '', new URL(path, ROOT)));
    });
    expect(links.length).toBeGreaterThan(0);
    expect(broken).toEqual([]);
  });
});
