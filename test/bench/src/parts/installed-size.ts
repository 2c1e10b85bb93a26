import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an installation adds. */
export interface InstalledSize {
  readonly packages: number;
  readonly files: number;
  readonly bytes: number;
}

interface Manifest {
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Files of a package of this workspace that are always packed, in addition to those that `files` names. */
const ALWAYS_PACKED: readonly string[] = ['package.json', 'README.md', 'LICENSE'];

/**
 * Adds up the unpacked bytes of an installed package and its dependencies, each once. Of this workspace's own
 * packages, only the published files count. Peer dependencies do not count.
 */
export function installedSize(name: string, from: string): InstalledSize {
  const folders = new Set<string>();
  collect(name, from, folders);
  const files = [...folders].flatMap(publishedFiles);
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  return { packages: folders.size, files: files.length, bytes };
}

function collect(name: string, from: string, folders: Set<string>): void {
  const folder = packageFolder(name, from);
  if (folders.has(folder)) return;
  folders.add(folder);
  for (const dependency of Object.keys(manifestOf(folder).dependencies ?? {})) {
    collect(dependency, folder, folders);
  }
}

/** Finds a package as Node.js does: in `node_modules` of the folder and of every folder above. */
function packageFolder(name: string, from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) throw new Error(`${name} is not installed for ${from}`);
  }
}

function publishedFiles(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.slice(folder.length).includes('/node_modules/'));
  // A package from a registry contains only what was published.
  if (folder.includes('node_modules')) return all;
  const { files = [] } = manifestOf(folder);
  const included = [...ALWAYS_PACKED, ...files.filter((entry) => !entry.startsWith('!'))];
  const excluded = files.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1));
  const within = (file: string, entries: readonly string[]) =>
    entries.some(
      (entry) => file === join(folder, entry) || file.startsWith(`${join(folder, entry)}/`),
    );
  return all.filter((file) => within(file, included) && !within(file, excluded));
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
