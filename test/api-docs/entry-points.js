// The entry points of every published package, by what its `exports` says. A new package or entry point is
// in the API reference without a line here.
import { readdirSync, readFileSync } from 'node:fs';

const PACKAGES = new URL('../../packages/', import.meta.url);

/** The name by which each is imported, its source file (from this folder), and TypeDoc's name of that. */
export const entryPoints = readdirSync(PACKAGES).flatMap((folder) => {
  const { name, exports } = JSON.parse(
    readFileSync(new URL(`${folder}/package.json`, PACKAGES), 'utf8'),
  );
  return Object.entries(exports).flatMap(([entry, targets]) => {
    const source = targets['@authly/source'];
    if (source === undefined) return [];
    const path = `${folder}/${source.slice('./'.length)}`;
    return [
      {
        name: name + entry.slice('.'.length),
        file: `../../packages/${path}`,
        moduleName: path.replace(/(?:\/index)?\.ts$/, ''),
      },
    ];
  });
});
