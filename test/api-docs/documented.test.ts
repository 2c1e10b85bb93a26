import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, type TypeDocOptions } from 'typedoc';
import { describe, expect, it } from 'vitest';
import { entryPoints } from './entry-points.js';
import settings from './typedoc.config.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** What TypeDoc finds wrong with the docstrings of these files, and the names that they export. */
async function documented(options: Partial<TypeDocOptions>) {
  const app = await Application.bootstrap({
    ...settings,
    plugin: [],
    ...options,
  } as TypeDocOptions);
  const warnings: string[] = [];
  app.logger.warn = (text: string) => warnings.push(text);
  app.logger.validationWarning = (text: string) => warnings.push(text);
  const project = await app.convert();
  if (project === undefined) throw new Error(`TypeDoc read nothing: ${warnings.join('\n')}`);
  app.validate(project);
  return { warnings, modules: project.children?.map(({ name }) => name) ?? [] };
}

const at = (path: string) => join(FOLDER, path);

describe('the API reference', () => {
  it('has a docstring for every public export, and no link in one that leads nowhere', async () => {
    const { warnings, modules } = await documented({
      entryPoints: entryPoints.map(({ file }) => at(file)),
      tsconfig: at('tsconfig.json'),
      basePath: at('../../packages'),
      displayBasePath: at('../../packages'),
    });
    expect(warnings).toEqual([]);
    expect(modules.toSorted()).toEqual(entryPoints.map(({ moduleName }) => moduleName).toSorted());
  }, 180_000);

  it('reports an export without a docstring', async () => {
    const { warnings } = await documented({
      entryPoints: [at('fixture/undocumented.ts')],
      tsconfig: at('fixture/tsconfig.json'),
    });
    expect(warnings).toEqual([expect.stringContaining('bare')]);
  }, 180_000);

  it('has every entry point of every package', () => {
    const packages = readdirSync(at('../../packages'));
    const named = packages.flatMap((folder) => {
      const manifest = JSON.parse(
        readFileSync(at(`../../packages/${folder}/package.json`), 'utf8'),
      );
      const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
      return entries.map((entry) => manifest.name + entry.slice('.'.length));
    });
    expect(entryPoints.map(({ name }) => name).toSorted()).toEqual(named.toSorted());
  });
});
