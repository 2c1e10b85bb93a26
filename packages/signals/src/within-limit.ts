/** How long a store or a look-up may take, in milliseconds. After that it counts as failed. */
export const LIMIT_MS = 2_000;

/**
 * Resolves as `work` does, or rejects after {@link LIMIT_MS}. `work` gets a signal; if it ignores that, it goes
 * on unobserved.
 */
export async function withinLimit<Value>(
  work: (signal: AbortSignal) => Value | PromiseLike<Value>,
): Promise<Value> {
  const limit = new AbortController();
  const { signal } = limit;
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const cause = new DOMException('A store or a look-up took too long', 'TimeoutError');
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
