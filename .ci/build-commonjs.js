// The CommonJS form of the packages that have one: the same sources, compiled once more into `dist/cjs`.
// The compiler takes a module's format from the nearest package.json, so it compiles a copy of the sources
// that stands below one with "type": "commonjs". Only `nodenext` keeps `import()` as it is; a plain
// `module: commonjs` would make a `require()` of it. A package that has not changed is left alone.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['core', 'express', 'koa', 'mcp', 'redis', 'signals', 'client'];

const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));

await Promise.all(PACKAGES.map((name) => build(join(ROOT, 'packages', name))));

async function build(folder) {
  const target = join(folder, 'dist/cjs');
  // Beside the result and not in it: what is in `dist/cjs` is published.
  const stamp = join(folder, 'dist/.commonjs-stamp');
  const inputs = await hashOf(folder);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) return;

  // As deep below `dist/cjs` as the package's own folder is above it, so that source maps lead to `src`.
  const stage = join(folder, 'dist/.commonjs');
  await rm(stage, { recursive: true, force: true });
  await mkdir(stage, { recursive: true });
  await cp(join(folder, 'src'), join(stage, 'src'), { recursive: true });
  await writeFile(join(stage, 'package.json'), '{"type":"commonjs"}\n');
  await writeFile(join(stage, 'tsconfig.json'), JSON.stringify(settings()));
  await promisify(execFile)(process.execPath, [join(typescript, 'bin/tsc'), '-p', stage]).catch(
    ({ stdout }) => {
      throw new Error(`The CommonJS form of ${folder} does not compile:\n${stdout}`);
    },
  );
  await rm(target, { recursive: true, force: true });
  await cp(join(stage, 'dist/cjs'), target, { recursive: true });
  await writeFile(join(target, 'package.json'), '{ "type": "commonjs" }\n');
  await rm(stage, { recursive: true });
  await writeFile(stamp, inputs);
}

function settings() {
  return {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      // `tsc -b` has checked the types; declarations need no more than their own file.
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

/** Of the sources, the compiler and its settings. */
async function hashOf(folder) {
  const sources = (await readdir(join(folder, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const files = [
    ...sources,
    fileURLToPath(import.meta.url),
    join(ROOT, 'tsconfig.json'),
    join(typescript, 'package.json'),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(file));
  return hash.digest('hex');
}
