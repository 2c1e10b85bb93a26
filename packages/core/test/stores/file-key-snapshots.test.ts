import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { fileKeySnapshots } from '../../src/stores/file-key-snapshots.ts';
import type { KeySnapshot } from '../../src/stores/key-snapshot-store.ts';

let parent: string;
let directory: string;
const issuer = 'https://as.example.com/../tenant';
const aSnapshot = (members: Partial<KeySnapshot> = {}): KeySnapshot => ({
  version: 1,
  issuer,
  fetchedAtMs: 1,
  keys: [{ kty: 'EC' }],
  ...members,
});

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'authly-'));
  directory = join(parent, 'keys');
});
afterEach(async () => {
  await rm(parent, { recursive: true });
});

describe('key snapshots in files', () => {
  it('can be loaded again, also by another process', async () => {
    const store = fileKeySnapshots({ directory });
    await store.save(issuer, aSnapshot());
    await store.save(issuer, aSnapshot({ fetchedAtMs: 2 }));
    const other = fileKeySnapshots({ directory });
    await expect(other.load(issuer)).resolves.toEqual(aSnapshot({ fetchedAtMs: 2 }));
  });

  it('are kept separately for each issuer, and undefined if there is none', async () => {
    const store = fileKeySnapshots({ directory });
    await expect(store.load(issuer)).resolves.toBeUndefined();
    await store.save(issuer, aSnapshot());
    await expect(store.load(`${issuer}/`)).resolves.toBeUndefined();
  });

  it('stay inside the directory, whatever the issuer is, and leave nothing else there', async () => {
    const store = fileKeySnapshots({ directory });
    await store.save('../../x', aSnapshot({ issuer: '../../x' }));
    await store.save(issuer, aSnapshot());
    const names = await readdir(directory);
    expect(names).toHaveLength(2);
    for (const name of names) expect(name).toMatch(/^[0-9a-f]{64}\.json$/);
    expect(await readdir(parent)).toEqual(['keys']);
  });

  it.skipIf(process.platform === 'win32')('can be read only by their owner', async () => {
    await fileKeySnapshots({ directory }).save(issuer, aSnapshot());
    const [name = ''] = await readdir(directory);
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  it('replace a link instead of writing through it', async () => {
    const store = fileKeySnapshots({ directory });
    await store.save(issuer, aSnapshot());
    const [name = ''] = await readdir(directory);
    const victim = join(parent, 'victim');
    await writeFile(victim, 'mine');
    await rm(join(directory, name));
    await symlink(victim, join(directory, name));
    await store.save(issuer, aSnapshot());
    expect(await readFile(victim, 'utf8')).toBe('mine');
  });

  it('are not saved for another issuer', async () => {
    const store = fileKeySnapshots({ directory });
    await expect(store.save('https://other.example', aSnapshot())).rejects.toThrow(TypeError);
    await expect(store.load('https://other.example')).resolves.toBeUndefined();
  });

  it('leave no incomplete file behind if they cannot be written', async () => {
    const store = fileKeySnapshots({ directory });
    await store.save(issuer, aSnapshot());
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    await expect(store.save(issuer, aSnapshot({ keys: cyclic as object[] }))).rejects.toThrow();
    expect(await readdir(directory)).toHaveLength(1);
    await expect(store.load(issuer)).resolves.toEqual(aSnapshot());
  });

  it('make load reject if they are not JSON, or too large', async () => {
    const store = fileKeySnapshots({ directory });
    await store.save(issuer, aSnapshot());
    const [name = ''] = await readdir(directory);
    await writeFile(join(directory, name), '{"version":');
    await expect(store.load(issuer)).rejects.toThrow(SyntaxError);
    await writeFile(join(directory, name), Buffer.alloc(4 * 1024 * 1024 + 1, 0x20));
    await expect(store.load(issuer)).rejects.toThrow(RangeError);
  });

  it.each([[undefined], [{}], [{ directory: '' }]])(
    'with the options %j throw a ConfigurationError',
    (options) => {
      expect(() => fileKeySnapshots(options as never)).toThrow(ConfigurationError);
    },
  );
});
