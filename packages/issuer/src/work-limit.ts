/** Runs a limited number of tasks at a time; rejects when too many are waiting. */
export type WorkLimit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Bounds of a {@link WorkLimit}. */
export interface WorkLimitOptions {
  readonly concurrent: number;
  readonly waiting: number;
  /** Makes the error for a task that is rejected. */
  readonly refuse: () => Error;
}

/** A limit of its own; work starts in the order in which it came. */
export function createWorkLimit({ concurrent, waiting, refuse }: WorkLimitOptions): WorkLimit {
  const queue: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < concurrent) {
      running += 1;
    } else {
      if (queue.length >= waiting) throw refuse();
      // A finished task hands its place to the next one, so `running` does not change.
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
