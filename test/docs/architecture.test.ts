import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const CORE = 'packages/core/src/';
const text = readFileSync(new URL('docs/architecture.md', ROOT), 'utf8');
const exists = (path: string) => existsSync(new URL(path, ROOT));

function section(heading: string): string {
  const [, after = ''] = text.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The rows of a table, but for its head. */
const rowsOf = (part: string) =>
  part
    .split('\n')
    .filter((line) => /^\| (?!---)/.test(line))
    .slice(1);

describe('docs/architecture.md', () => {
  it('names only existing files in the picture', () => {
    const [picture = ''] = section('From a request to the files').split('\n```\n');
    const named = [...picture.matchAll(/(?:[\w-]+\/)+(?:[\w-]+\.ts)?/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(20);
    const missing = named.filter((path) => !exists(path) && !exists(CORE + path));
    expect(missing).toEqual([]);
  });

  it('names only existing files in the text', () => {
    const named = [...text.matchAll(/`((?:packages|docs|test)\/[\w/.-]+)`/g)].map(
      ([, path = '']) => path,
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !exists(path))).toEqual([]);
  });

  it('lists every folder of core, and no other', () => {
    const listed = rowsOf(section('The folders of core')).flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([\w.-]+)`/g)].map(([, name = '']) => name),
    );
    expect(readdirSync(new URL(CORE, ROOT)).filter((name) => !listed.includes(name))).toEqual([]);
    expect(listed.filter((name) => !exists(CORE + name))).toEqual([]);
  });

  it('has a link to the README of each package', () => {
    const part = section('The packages');
    const packages = readdirSync(new URL('packages', ROOT));
    expect(packages.filter((name) => !part.includes(`../packages/${name}/README.md`))).toEqual([]);
  });

  // What maintainers looked for, and the file that must be named in the row that they find it by.
  it.each([
    ['`aud`', 'token/claims.ts'],
    ['proof as used', 'binding/replay-guard.ts'],
    ['503', 'model/reasons.ts'],
    ['preset', 'adding-a-provider.md'],
    ['reason', 'model/sender-constraint-reasons.ts'],
    ['guard', 'koa/src/authorize.ts'],
    ['certificates', 'binding/certificate-formats.ts'],
    ['Redis client', 'redis/src/clients.ts'],
    ['default', 'lease/lease-options.ts'],
    ['socket', 'adapter/close-with-lease.ts'],
  ])('says where a rule is: %s', (word, file) => {
    const rows = rowsOf(section('Where is it, and what do I touch?'));
    const found = rows.filter((row) => (row.split(' | ')[0] ?? '').includes(word));
    expect(found.join('\n')).toContain(file);
  });

  it('has a glossary in alphabetical order, each word once', () => {
    const words = rowsOf(section('Glossary')).map((row) => /\*\*(.+?)\*\*/.exec(row)?.[1] ?? row);
    expect(words.length).toBeGreaterThanOrEqual(15);
    expect(words).toEqual([...new Set(words)].toSorted());
  });
});
