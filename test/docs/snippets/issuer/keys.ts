// #region make
import { readFile, writeFile } from 'node:fs/promises';
import { generateSigningKey, type SigningJwk } from '@authly/issuer';

/** Run once for each new key, by a person or a job. An existing file is not overwritten. */
export async function makeKey(file: string): Promise<void> {
  const key = await generateSigningKey('ES256');
  await writeFile(file, JSON.stringify(key), { mode: 0o600, flag: 'wx' });
}

/** The first file has the key that signs. The others have keys that are only published. */
export async function readKeys(files: readonly string[]): Promise<SigningJwk[]> {
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(file, 'utf8'))));
}
// #endregion
