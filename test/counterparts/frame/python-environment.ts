import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../external-tool.ts';

/** What Python programs from PyPI need. */
export const PYTHON = 'python3, 3.10 or later, with venv and pip';

/**
 * Makes an environment with packages from PyPI, once for each list of packages. Returns the path of
 * its Python.
 */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
): Promise<string> {
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 16);
  const folder = cacheFolder(join(name, digest));
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return python;
  await runTool(['python3', '-m', 'venv', folder], PYTHON);
  await runTool([python, '-m', 'pip', 'install', '--quiet', ...packages], PYTHON);
  writeFileSync(complete, '');
  return python;
}
