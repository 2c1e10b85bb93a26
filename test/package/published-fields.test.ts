import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './tarballs.ts';

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly author?: string;
  readonly homepage?: string;
  readonly bugs?: string;
  readonly repository?: Readonly<Record<string, string>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly exports?: Readonly<Record<string, unknown>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));

/** The one place that says where the project is; every package says the same. */
const { author, bugs, homepage, repository } = manifestOf('.');

const published = readdirSync(join(ROOT, 'packages'))
  .filter((folder) => existsSync(join(ROOT, 'packages', folder, 'package.json')))
  .map((folder) => ({ folder, manifest: manifestOf(`packages/${folder}`) }))
  .filter(({ manifest }) => manifest.private !== true);

describe.each(published)('the package in packages/$folder', ({ folder, manifest }) => {
  it('names its author and its repository, as the root does', () => {
    expect(manifest.name).toBe(`@authly/${folder}`);
    expect(manifest).toMatchObject({
      author,
      bugs,
      homepage: `${homepage}/tree/main/packages/${folder}#readme`,
      repository: { ...repository, directory: `packages/${folder}` },
    });
  });

  it('is published for everybody, with provenance', () => {
    expect(manifest.publishConfig).toEqual({ access: 'public', provenance: true });
  });

  it('has a description and at least five keywords', () => {
    expect(manifest.description).toMatch(/^[A-Z].{20,200}[.]$/);
    expect(manifest.keywords?.length).toBeGreaterThanOrEqual(5);
    expect(new Set(manifest.keywords).size).toBe(manifest.keywords?.length);
  });

  it('has a README of its own: how to install it, code, and links that work on npm', () => {
    const text = readFileSync(join(ROOT, 'packages', folder, 'README.md'), 'utf8');
    expect(text.startsWith(`# ${manifest.name}\n`)).toBe(true);
    expect(text).toMatch(/^npm install .*@authly\/\w+/m);
    expect(text).toContain(manifest.name);
    expect(text).toContain('```ts\n');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((target) => !target.startsWith('https://'))).toEqual([]);
  });

  it('names each of its entry points in its README, or in that of core, which it re-exports', () => {
    const own = readFileSync(join(ROOT, 'packages', folder, 'README.md'), 'utf8');
    const core = readFileSync(join(ROOT, 'packages/core/README.md'), 'utf8');
    const entries = Object.keys(manifest.exports ?? {})
      .filter((entry) => !['.', './package.json'].includes(entry))
      .map((entry) => entry.slice(1));
    const inCore = (entry: string) =>
      folder !== 'core' && core.includes(`\`@authly/core${entry}\``);
    expect(
      entries.filter((entry) => !own.includes(`@authly/${folder}${entry}`) && !inCore(entry)),
    ).toEqual([]);
  });
});

describe('the workflows', () => {
  const folder = join(ROOT, '.github/workflows');
  const workflows = readdirSync(folder).map((name) => ({
    name,
    text: readFileSync(join(folder, name), 'utf8'),
  }));

  it.each(workflows)('$name runs actions by their hash, with the version beside it', ({ text }) => {
    const uses = [...text.matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(0);
    for (const action of uses) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(workflows)('$name uses no secret', ({ text }) => {
    expect(text).not.toMatch(/secrets\.|_TOKEN|_authToken/);
  });

  it('release.yml runs our code in a job that cannot sign, and signs in a job that runs none of it', () => {
    const { text } = workflows.find(({ name }) => name === 'release.yml') ?? { text: '' };
    const [before = '', publish = ''] = text.split('\n  publish:\n');
    expect(before).toContain('permissions: {}');
    expect(before).not.toContain('id-token: write');
    expect(publish).toContain('id-token: write');
    expect(publish).not.toMatch(/checkout@|pnpm|npm (?:ci|install)/);
  });
});
