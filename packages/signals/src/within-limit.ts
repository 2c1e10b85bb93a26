/** A store or a look-up that has not answered by then does not answer. In milliseconds. */
export const LIMIT_MS = 2_000;

/** Resolves as `work` does, or rejects after {@link LIMIT_MS}. The work is given a signal, and goes on without us. */
export async function withinLimit<Value>(
  work: (signal: AbortSignal) => Value | PromiseLike<Value>,
): Promise<Value> {
  const limit = new AbortController();
  const { signal } = limit;
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const cause = new DOMException('It took too long', 'TimeoutError');
      limit.abort(cause);
      reject(cause);
    }, LIMIT_MS);
  });
  try {
    return await Promise.race([isOver, (async () => await work(signal))()]);
  } finally {
    clearTimeout(timer);
  }
}
