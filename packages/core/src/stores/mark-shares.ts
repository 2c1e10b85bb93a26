/** Counts the marks of each holder in a store with a limited size. Marks of the application are not counted. */
export interface MarkShares {
  /** Whether a holder may have one more mark while there is room for `free` marks. */
  mayAdd(holder: string, free: number): boolean;
  /** Counts a new mark. */
  add(id: string, holder: string): void;
  /** Must be called when a mark is removed. Does nothing for a mark without a holder. */
  remove(id: string): void;
}

/**
 * Limits each holder to as many marks as are still free, so that no holder can fill the store. The first one can fill at
 * most half of the store, and the next one half of the rest. So there is always room for other holders, and for the
 * application, which has no limit of its own.
 */
export function createMarkShares(): MarkShares {
  const holders = new Map<string, string>();
  const counts = new Map<string, number>();

  return {
    mayAdd: (holder, free) => (counts.get(holder) ?? 0) < free,
    add(id, holder) {
      holders.set(id, holder);
      counts.set(holder, (counts.get(holder) ?? 0) + 1);
    },
    remove(id) {
      const holder = holders.get(id);
      if (holder === undefined) return;
      holders.delete(id);
      const left = (counts.get(holder) ?? 1) - 1;
      if (left > 0) counts.set(holder, left);
      else counts.delete(holder);
    },
  };
}
