import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { KeySnapshot, KeySnapshotStore } from './key-snapshot-store.ts';

/** Options of {@link fileKeySnapshots}. */
export interface FileKeySnapshotsOptions {
  /**
   * A directory that is used only for these files, on a disk that is kept when the process ends. If it does not exist, it
   * is created with access only for the current user. **Whoever can write to it decides which tokens are accepted.**
   */
  readonly directory: string;
}

const OPTIONS: OptionNames<FileKeySnapshotsOptions> = { directory: true };

const OPTIONS_LINE = "fileKeySnapshots({ directory: '/var/lib/my-api/keys' })";

/** Access only for the user that the process runs as. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
/** A snapshot has at most 1,000 keys of about 2 KB. A larger file was not written by us. */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/**
 * Keeps the last good key sets in files, one file per issuer. A process that starts while the identity provider is down
 * can then verify tokens. A file is replaced in one step, so a reader sees the old or the new content, also after a
 * crash. Several processes may share a directory.
 *
 * `load` gives `undefined` when there is no file, and rejects when the file cannot be read, is larger than 4 MiB or is
 * not JSON. `save` rejects for a snapshot of another issuer. Neither checks the keys: the key set does that.
 *
 * @throws ConfigurationError without a directory, or for an unknown option.
 */
export function fileKeySnapshots(options: FileKeySnapshotsOptions): KeySnapshotStore {
  const { directory } = checkOptions('fileKeySnapshots()', options, OPTIONS, OPTIONS_LINE);
  if (typeof directory !== 'string' || directory === '') {
    throw new ConfigurationError(`directory is missing. Write: ${OPTIONS_LINE}`);
  }
  return {
    async load(issuer) {
      const path = pathOf(directory, issuer);
      try {
        const { size } = await stat(path);
        if (size > MAX_FILE_BYTES) throw new RangeError('The key snapshot file is too large');
        return JSON.parse(await readFile(path, 'utf8'));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async save(issuer, snapshot) {
      if (snapshot.issuer !== issuer) {
        throw new TypeError('The key snapshot is of another issuer');
      }
      await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
      await replaceFile(pathOf(directory, issuer), snapshot);
    },
  };
}

/** The file of an issuer. Its name is a hash, because an issuer contains characters that a file name must not have. */
function pathOf(directory: string, issuer: string): string {
  return join(directory, `${createHash('sha256').update(issuer).digest('hex')}.json`);
}

async function replaceFile(path: string, snapshot: KeySnapshot): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    // `wx` fails if the file exists. So it does not write through a link that somebody else has made.
    const file = await open(temporary, 'wx', FILE_MODE);
    try {
      await file.writeFile(JSON.stringify(snapshot));
      // Without this, a power failure may leave an empty file under the new name.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
