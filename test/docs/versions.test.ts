import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The least version of 4 or 2, and the newest major version, as `^4.17.1 || ^5.0.0` says them. */
function rangeOf(framework: 'express' | 'koa'): {
  readonly least: string;
  readonly newest: string;
} {
  const manifest = JSON.parse(textOf(`packages/${framework}/package.json`));
  const range: string = manifest.peerDependencies[framework];
  const [, version = '', newest = ''] = /^\^(\S+) \|\| \^(\d+)\.0\.0$/.exec(range) ?? [];
  return { least: version.replace(/\.0$/, ''), newest };
}

// `test/consumers` installs and runs the least version of each.
it.each([
  ['express', 'Express'],
  ['koa', 'Koa'],
] as const)('pages name the versions of %s that its peer range has', (framework, name) => {
  const { least, newest } = rangeOf(framework);
  expect(textOf('README.md')).toContain(`\n${name} ${least} or later, or ${newest}:\n`);
  expect(textOf('.github/SUPPORT.md')).toContain(`| ${name} | ${least} and later, ${newest} |`);
  const own = textOf(`packages/${framework}/README.md`);
  expect(own).toContain(`for ${name} ${least}+ and ${newest} `);
});

it('the least versions of the peer ranges are installed and run', () => {
  const installed = textOf('test/consumers/installed.ts');
  for (const framework of ['express', 'koa'] as const) {
    const { peerDependencies } = JSON.parse(textOf(`packages/${framework}/package.json`));
    const [, version] = /^\^(\S+)/.exec(peerDependencies[framework]) ?? [];
    expect(installed).toContain(`  ${framework}: '${version}',`);
  }
});
