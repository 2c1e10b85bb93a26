import { describe, expect, it } from 'vitest';
import { read } from '../architecture/sources.ts';

// What an installation brings with it and runs; what is packed is the business of test/package.

describe('installing', () => {
  it('no dependency of this repository may build anything', () => {
    const workspace = read('pnpm-workspace.yaml');
    const [, builds = ''] = /^allowBuilds:\n((?: {2}.*\n?)+)/m.exec(workspace) ?? [];
    expect(builds).not.toBe('');
    for (const line of builds.trimEnd().split('\n')) expect(line).toMatch(/: false$/);
  });
});

describe('the lockfile', () => {
  const lockfile = read('pnpm-lock.yaml');

  it('knows every package by a hash of SHA-512', () => {
    const resolutions = lockfile
      .split('\n')
      .filter((line) => line.trimStart().startsWith('resolution:'));
    expect(resolutions.length).toBeGreaterThan(100);
    for (const line of resolutions)
      expect(line).toMatch(/resolution: \{integrity: sha512-[\w+/=]+\}$/);
  });

  it.each([
    ['lru-cache', 'core'],
    ['@standard-schema/spec', 'core'],
    ['jose', 'issuer'],
  ])('%s, which %s depends on, brings no dependency of its own', (name, owner) => {
    const importer = lockfile.slice(lockfile.indexOf(`\n  packages/${owner}:`));
    const dependency = importer.slice(
      importer.indexOf(`${name.startsWith('@') ? `'${name}'` : name}:`),
    );
    const [, version] = /version: (\S+)/.exec(dependency) ?? [];
    const id = name.startsWith('@') ? `'${name}@${version}'` : `${name}@${version}`;
    // For a package with dependencies, the list replaces the braces.
    expect(lockfile.slice(lockfile.indexOf('\nsnapshots:'))).toContain(`\n  ${id}: {}\n`);
  });
});
