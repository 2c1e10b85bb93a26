// Writes the code of the packages that is published: one file for each entry point, and chunks for
// code that several entry points share. It writes ES modules and, if the manifest has `require`,
// also CommonJS. `tsc -b` has checked the types before, and has written the declarations of the ES
// modules. docs/adr/0027-one-file-an-entry-point.md says why. A package that has not changed is
// skipped.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const typescript = dirname(resolve('typescript/package.json'));

/**
 * All code that this entry point loads becomes one chunk, since a service that only calls others
 * loads nothing else of core.
 */
const TOGETHER = 'src/client.ts';

const packages = await readdir(join(ROOT, 'packages'));
await Promise.all(packages.map((name) => build(join(ROOT, 'packages', name))));

async function build(folder) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(manifest.exports).filter((entry) => typeof entry === 'object');
  const hasCommonJs = entries.some((entry) => entry.require !== undefined);
  const dist = join(folder, 'dist');
  // Files whose names begin with a dot are not published.
  const stamp = join(dist, '.stamp');
  const inputs = await hashOf(folder);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) return;

  // An interrupted build must not count as complete when the inputs later have their old state
  // again.
  await rm(stamp, { force: true });
  await removeCode(dist);
  if (hasCommonJs) await declareCommonJs(folder);
  const together = new Set();
  const bundle = await rolldown({
    cwd: folder,
    input: Object.fromEntries(entries.map(nameAndSource)),
    external: (specifier) => !/^[./]/.test(specifier),
    platform: 'node',
    tsconfig: false,
    logLevel: 'warn',
    plugins: [{ name: 'together', buildEnd: collectTogether }],
  });
  const common = {
    sourcemap: true,
    sourcemapExcludeSources: true,
    hashCharacters: 'hex',
    // A shared chunk has no natural name. By default rolldown would name it after one of its files.
    chunkFileNames: ({ isDynamicEntry }) =>
      `chunks/${isDynamicEntry ? '[name]' : 'shared'}-[hash].js`,
    generatedCode: { symbols: false },
    minifyInternalExports: false,
    codeSplitting: { groups: [{ name: 'shared', test: (id) => together.has(id) }] },
    minify: false,
    strict: true,
  };
  await bundle.write({ ...common, dir: dist, format: 'esm' });
  if (hasCommonJs) {
    await bundle.write({ ...common, dir: join(dist, 'cjs'), format: 'cjs', esModule: true });
  }
  await bundle.close();
  await writeFile(stamp, inputs);

  function collectTogether() {
    const entry = join(folder, TOGETHER);
    together.add(entry);
    for (const id of together) {
      for (const imported of this.getModuleInfo(id)?.importedIds ?? []) together.add(imported);
    }
    together.delete(entry);
  }
}

/** The name of an entry point, such as `providers/index`, and the path of its source. */
function nameAndSource(entry) {
  const source = entry['@authly/source'];
  return [source.replace(/^\.\/src\/|\.ts$/g, ''), source];
}

/**
 * Removes old code, since chunks get new names after a change. The declarations stay: the compiler
 * writes them.
 */
async function removeCode(dist) {
  const files = await readdir(dist, { recursive: true });
  const code = files.filter((file) => /\.js(?:\.map)?$/.test(file));
  await Promise.all(
    [...code, 'cjs'].map((file) => rm(join(dist, file), { recursive: true, force: true })),
  );
}

/**
 * Writes the declarations for CommonJS. The compiler takes the format of a module from the nearest
 * manifest, so it compiles a copy of the sources below a manifest that says CommonJS. The copy is
 * in a folder of such a depth that the source maps lead to `src`.
 */
async function declareCommonJs(folder) {
  const target = join(folder, 'dist/cjs');
  const stage = join(folder, 'dist/.commonjs');
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  await cp(join(folder, 'src'), join(stage, 'src'), { recursive: true });
  await writeFile(join(stage, 'package.json'), '{"type":"commonjs"}\n');
  await writeFile(join(stage, 'tsconfig.json'), JSON.stringify(settings()));
  await promisify(execFile)(process.execPath, [join(typescript, 'bin/tsc'), '-p', stage]).catch(
    ({ stdout }) => {
      throw new Error(`The declarations of ${folder} for CommonJS do not compile:\n${stdout}`);
    },
  );
  await cp(join(stage, 'dist/cjs'), target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{ "type": "commonjs" }\n');
  await rm(stage, { recursive: true });
}

function settings() {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      // `tsc -b` has checked the types already, and each declaration needs only its own file.
      noCheck: true,
      composite: false,
      incremental: false,
      tsBuildInfoFile: null,
      verbatimModuleSyntax: false,
      outDir: `\${configDir}/dist/cjs`,
    },
    include: ['src'],
    references: [],
  };
}

/** A hash of everything that the result depends on: sources, manifest, tools and their settings. */
async function hashOf(folder) {
  const sources = (await readdir(join(folder, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files = [
    ...sources,
    join(folder, 'package.json'),
    fileURLToPath(import.meta.url),
    join(ROOT, 'tsconfig.json'),
    join(typescript, 'package.json'),
    resolve('rolldown/package.json'),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}
