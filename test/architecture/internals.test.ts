import { readdirSync } from 'node:fs';
import { posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageNames, read } from './sources.ts';

/** Every TypeScript and JavaScript file below a folder, by its path from the repository's root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(new URL(`../../${folder}/`, import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  })
    .map((file) => `${folder}/${file.split(sep).join('/')}`)
    .filter((file) => /\.[cm]?[jt]s$/.test(file) && !/\/(?:node_modules|dist)\//.test(file));
}

/** The files that a file imports by path, from the repository's root. */
function importsOf(file: string): readonly string[] {
  const specifiers = read(file).matchAll(/(?:\bfrom|\bimport\(?|\bmock\()\s*'(\.[^']*)'/g);
  return [...specifiers].map(([, path = '']) => posix.join(posix.dirname(file), path));
}

// What a test or an example outside of a package needs of it is public, or the test belongs inside.
describe.each(['test', 'examples', ...packageNames.map((name) => `packages/${name}`)])(
  '%s',
  (folder) => {
    it('imports the internals of no package but its own by path', () => {
      const offenders = filesBelow(folder).flatMap((file) =>
        importsOf(file)
          .filter((path) => /^packages\/[^/]+\/(?:src|dist)\//.test(path))
          .filter((path) => !path.startsWith(`${folder}/`))
          .map((path) => `${file} → ${path}`),
      );
      expect(offenders).toEqual([]);
    });
  },
);
