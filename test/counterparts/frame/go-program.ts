import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../external-tool.ts';

/** A program to build from the Go module proxy. */
export interface GoProgram {
  readonly name: string;
  /**
   * The release of Go that its module needs, such as `1.25`. An older Go downloads it from the
   * proxy.
   */
  readonly go: string;
  /** The package of the program, and the version of its module. */
  readonly source: string;
  readonly version: string;
  /**
   * The replacements of its `go.mod`, repeated here because Go uses `replace` only of the main
   * module.
   */
  readonly replacements?: readonly string[];
  readonly tags?: readonly string[];
  readonly needs: string;
}

/** Long, since the largest program has two thousand packages. */
const BUILD_WITHIN_MS = 60 * 60_000;

const MODULE = 'counterpart.example/server';

/**
 * Builds the unmodified program once, and returns the path of its file. The first time takes
 * minutes.
 */
export async function goProgram({
  name,
  go,
  source,
  version,
  replacements = [],
  tags = [],
  needs,
}: GoProgram): Promise<string> {
  const folder = cacheFolder(join(name, version));
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const env = { GOMODCACHE: cacheFolder('go-modules'), GOFLAGS: '-modcacherw' };
  const run = (...args: readonly string[]) =>
    runTool(['go', ...args], needs, { cwd: folder, env, timeoutMs: BUILD_WITHIN_MS });
  const replaced = replacements.map((each) => `replace ${each}\n`);
  writeFileSync(join(folder, 'go.mod'), `module ${MODULE}\n\ngo ${go}\n\n${replaced.join('')}`);
  await run('get', '-tool', `${source}@${version}`);
  // Built with a temporary name first, so that an interrupted build leaves no broken program.
  const partial = `${program}.partial`;
  await run(
    'build',
    '-trimpath',
    '-ldflags=-s -w',
    `-tags=${tags.join(',')}`,
    '-o',
    partial,
    source,
  );
  renameSync(partial, program);
  return program;
}
