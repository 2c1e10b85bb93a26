import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './tarballs.ts';

/**
 * Every package of others that the published ones bring along, and what those bring along: by name, with the
 * folder in which the workspace has it.
 */
export async function thirdPartyPackages(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();

  async function add(folder: string, siblings: string): Promise<void> {
    const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      if (found.has(name) || name.startsWith('@authly/')) continue;
      const installed = await realpath(join(siblings, name));
      found.set(name, installed);
      // pnpm has what a package depends on beside it.
      await add(installed, installed.slice(0, -name.length));
    }
  }

  const packages = join(ROOT, 'packages');
  for (const name of await readdir(packages)) {
    await add(join(packages, name), join(packages, name, 'node_modules'));
  }
  return found;
}
