import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';

const ROOT = new URL('../../', import.meta.url);

/** An id in a test's name, and the file. */
export interface Citation {
  readonly id: string;
  /** From the root of the repository, with forward slashes. */
  readonly file: string;
}

/** Every citation in the tests' names, in the order of files. */
export function citations(): readonly Citation[] {
  return testFiles().flatMap((file) => {
    const code = withoutComments(readFileSync(new URL(file, ROOT), 'utf8'));
    const ids = [...code.matchAll(/\[(RFC\d[^\]\s]*)\]/g)].map(([, id = '']) => id);
    return [...new Set(ids)].map((id) => ({ id, file }));
  });
}

/** Files with tests, and the tables that their names are made of. */
function testFiles(): readonly string[] {
  const folders = readdirSync(new URL('packages', ROOT)).map((name) => `packages/${name}/test`);
  // The adapters have none of their own: what they do is seen through all of them, in `test`.
  const present = folders.filter((folder) => existsSync(new URL(folder, ROOT)));
  return ['test', ...present].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.split(sep).join('/')}`)
      .filter((file) => file.endsWith('.test.ts') && !/\/(?:node_modules|dist)\//.test(file))
      .filter((file) => file !== 'test/requirements/gate.test.ts')
      .sort(),
  );
}

// What is left out of the code that brackets with an id may stand in is strings: tests' names.
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}
