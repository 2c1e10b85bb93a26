import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

// What a workflow runs is there: a name that was changed elsewhere would fail at night, where nobody looks.

const ROOT = new URL('../../', import.meta.url);
const FOLDER = new URL('.github/workflows/', ROOT);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: read(`.github/workflows/${name}`),
}));

/** Commands of pnpm's own that workflows run. */
const OWN_COMMANDS = ['install'];

function commandsOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => !/^\s*#/.test(line));
  return lines.flatMap((line) =>
    [...line.matchAll(/\bpnpm ([\w:-]+)/g)].map(([, name = '']) => name),
  );
}

describe('what the workflows run', () => {
  it('includes the commands that are expected', () => {
    const all = workflows.flatMap(({ text }) => commandsOf(text));
    expect(all).toEqual(
      expect.arrayContaining(['install', 'tarballs', 'bench:gate', 'counterpart']),
    );
  });

  const run = { name: '.ci/run', text: read('.ci/run') };

  it.each([...workflows, run])('in $name is a script of package.json', ({ text }) => {
    const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
      read('package.json'),
    );
    const unknown = commandsOf(text).filter(
      (command) => !OWN_COMMANDS.includes(command) && !Object.hasOwn(scripts, command),
    );
    expect(unknown).toEqual([]);
  });

  it.each(workflows)('in $name is a file that may be executed', ({ text }) => {
    for (const [, file = ''] of text.matchAll(/run: (\.ci\/[\w-]+)/g)) {
      expect(() => accessSync(new URL(file, ROOT), constants.X_OK)).not.toThrow();
    }
  });

  it('in counterparts.yml is every counterpart that there is, and no other', () => {
    const [, listed = ''] =
      /\n {8}name:\n((?: {10}- .+\n)+)/.exec(read('.github/workflows/counterparts.yml')) ?? [];
    const names = readdirSync(new URL('test/counterparts/names/', ROOT)).map((file) =>
      file.replace(/\.ts$/, ''),
    );
    expect([...listed.matchAll(/- (.+)/g)].map(([, name]) => name)).toEqual(names.toSorted());
  });

  it('in counterparts.yml is described in docs/counterparts.md', () => {
    const page = read('docs/counterparts.md');
    for (const file of readdirSync(new URL('test/counterparts/names/', ROOT))) {
      expect(page).toMatch(new RegExp(`^\\| \\[?\`${file.replace(/\.ts$/, '')}\``, 'm'));
    }
  });
});
