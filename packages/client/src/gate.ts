/**
 * Lets a fixed number of callers in at the same time. The others wait, and enter in the order in which they
 * came.
 */
export interface Gate {
  /** Resolves with a function that the caller must call when it leaves. Rejects with the reason of `signal`. */
  enter(signal: AbortSignal): Promise<() => void>;
}

/** Makes a gate that lets in `places` callers at the same time. */
export function createGate(places: number): Gate {
  let free = places;
  const waiting = new Set<() => void>();

  function leave(): void {
    free += 1;
    const [next] = waiting;
    if (next === undefined) return;
    waiting.delete(next);
    next();
  }

  function take(): () => void {
    free -= 1;
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      leave();
    };
  }

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (free > 0) return take();
      return new Promise((resolve, reject) => {
        const stop = () => {
          waiting.delete(go);
          reject(signal.reason);
        };
        const go = () => {
          signal.removeEventListener('abort', stop);
          resolve(take());
        };
        waiting.add(go);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
