import { inTime } from './in-time.ts';

/** Vaults and files are not read at every call. */
const EVERY_MS = 1_000;

/**
 * Makes a function that looks whether the credentials have changed, at most once a second, and once for all
 * who ask at the same time; in between it answers `false`, and so it does when the look takes longer than
 * `timeoutMs`.
 */
export function createCredentialsCheck(
  haveChanged: () => Promise<boolean>,
  now: () => number,
  timeoutMs: number,
): () => Promise<boolean> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<boolean> | undefined;
  return async () => {
    if (asking !== undefined) return asking;
    if (now() - askedAt < EVERY_MS) return false;
    askedAt = now();
    asking = inTime(haveChanged(), timeoutMs)
      .then((changed) => changed === true)
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
}
