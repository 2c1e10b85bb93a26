/**
 * Resolves with the result of `work`, or with `undefined` if that takes longer than `limitMs`. The work
 * itself goes on, because a vault or a disk that does not answer cannot be stopped.
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
