/**
 * Resolves like `work`; with `undefined` when that takes longer than `limitMs`. The work itself continues:
 * a vault or a disk that hangs cannot be stopped, only left alone.
 */
export async function inTime<Value>(
  work: Promise<Value>,
  limitMs: number,
): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
    timer.unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
