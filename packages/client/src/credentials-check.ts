import { inTime } from './in-time.ts';

/** Vaults and files are read at most this often, instead of at every call. */
const EVERY_MS = 1_000;

/**
 * Makes a function that checks whether the credentials have changed. It checks at most once a second, and
 * callers at the same time share one check. Within that second it answers `false`. It also answers `false` if
 * a check takes longer than `timeoutMs`.
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
