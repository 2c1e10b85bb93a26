/** Vaults and files are not read at every call. */
const EVERY_MS = 1_000;

/**
 * Makes a function that looks whether the credentials have changed, at most once a second, and once for all
 * who ask at the same time; in between it answers `false`.
 */
export function createCredentialsCheck(
  haveChanged: () => Promise<boolean>,
  now: () => number,
): () => Promise<boolean> {
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<boolean> | undefined;
  return async () => {
    if (asking !== undefined) return asking;
    if (now() - askedAt < EVERY_MS) return false;
    askedAt = now();
    asking = haveChanged().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
