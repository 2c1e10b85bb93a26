import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const SNIPPETS = 'test/docs/snippets';

/** What a reader of these pages has already. */
const KNOWN = /^(?:express|koa|@koa\/router|vitest|\..*)$/;

/** The sentence that says where the names come from. */
const SENTENCE = /^Code that shows no imports (?:.+\n)+/m;

const pages = readdirSync(new URL(SNIPPETS, ROOT), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['packages', 'presets'].includes(entry.name))
  .map(({ name }) => name);

interface Import {
  readonly module: string;
  readonly names: readonly string[];
}

function importsOf(code: string): readonly Import[] {
  const statements = code.matchAll(/^import (?:type )?([^;]+?) from '([^']+)';$/gm);
  return [...statements].map(([, clause = '', module = '']) => ({
    module,
    names: clause
      .split(/[{},]/)
      .map((name) =>
        name
          .trim()
          .replace(/^type /, '')
          .replace(/^.* as /, ''),
      )
      .filter((name) => name !== ''),
  }));
}

function regionsOf(code: string): readonly string[] {
  const marked = /^[ \t]*\/\/ #region \S+\n([\s\S]*?)^[ \t]*\/\/ #endregion$/gm;
  return [...code.matchAll(marked)].map(([, region = '']) => region);
}

/** The modules that the shown code of a page takes names from, and whose import no shown code has. */
function hiddenModules(page: string): readonly string[] {
  const folder = `${SNIPPETS}/${page}`;
  const files = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith('.ts'));
  const sources = files.map((name) => read(`${folder}/${name}`));
  const shown = new Set(
    sources
      .flatMap(regionsOf)
      .flatMap(importsOf)
      .flatMap(({ names }) => names),
  );
  const hidden = sources.flatMap((source) => {
    const code = regionsOf(source).join('\n');
    return importsOf(source)
      .filter(({ names }) =>
        names.some((name) => !shown.has(name) && new RegExp(`\\b${name}\\b`).test(code)),
      )
      .map(({ module }) => module);
  });
  return [...new Set(hidden)].filter((module) => !KNOWN.test(module)).sort();
}

// Code is copied. A name without its import is an error, and the reader has to guess which package has it.
describe.each(pages)('docs/%s.md', (page) => {
  const text = read(`docs/${page}.md`);
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '');
  const hidden = hiddenModules(page);

  it('says where the names come from that its code uses without importing them', () => {
    const [sentence = ''] = SENTENCE.exec(prose) ?? [];
    const unnamed = hidden.filter(
      (module) => !(module.startsWith('@authly/') ? sentence : prose).includes(`\`${module}\``),
    );
    expect(unnamed).toEqual([]);
  });

  it('has a link to the whole files if its code shows no imports', () => {
    const leads = prose.includes(`](../${SNIPPETS}/${page})`);
    expect(leads || hidden.length === 0).toBe(true);
  });
});

const manifests = readdirSync(new URL('packages', ROOT)).map((folder): string =>
  read(`packages/${folder}/package.json`),
);
const commonJs = manifests
  .filter((manifest) => manifest.includes('"require"'))
  .map((manifest) => /"name": "@authly\/(.+?)"/.exec(manifest)?.[1] ?? '');

it('the pages that list the packages in CommonJS list all of them', () => {
  const [page = ''] =
    /^.*(?:\n.*)?are published as ES modules and as\s+CommonJS/m.exec(
      read('docs/typescript-and-tests.md'),
    ) ?? [];
  const [rule = ''] = /^- .* are published twice/m.exec(read('CONTRIBUTING.md')) ?? [];
  const listed = [page, rule].map((text) =>
    [...text.matchAll(/`(?:@authly\/)?(\w+)`/g)].map(([, name = '']) => name),
  );
  expect(listed).toEqual([[...commonJs].sort(), [...commonJs].sort()]);
});
