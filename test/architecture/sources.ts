import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

const ROOT = new URL('../../', import.meta.url);

/** A source file of a published package. */
export interface SourceFile {
  /** From the repository's root, with forward slashes: `packages/core/src/lib/clock.ts`. */
  readonly path: string;
  readonly text: string;
  /** The text without comments, so that prose is not taken for code. */
  readonly code: string;
}

/** The names of the folders in `packages`. */
export const packageNames: readonly string[] = readdirSync(new URL('packages', ROOT));

/** Every file in the `src` of every package. */
export const sourceFiles: readonly SourceFile[] = packageNames.flatMap((name) =>
  readdirSync(new URL(`packages/${name}/src`, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => sourceFile(`packages/${name}/src/${file.split(sep).join('/')}`)),
);

/** The text of a file, by its path from the repository's root. */
export function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

function sourceFile(path: string): SourceFile {
  const text = read(path);
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return { path, text, code };
}
