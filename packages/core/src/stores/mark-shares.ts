/** Who holds which marks of a store of bounded size, beside the application itself. */
export interface MarkShares {
  /** Whether a holder may have one mark more while `free` places are left. */
  mayAdd(holder: string, free: number): boolean;
  /** Counts a mark that is kept from now on. */
  add(id: string, holder: string): void;
  /** Forgets a mark that is kept no longer; one that nobody holds is no mistake. */
  remove(id: string): void;
}

/**
 * Keeps holders from crowding each other out: each may have as many marks as are still free. So the first one fills
 * half of a store at most, the next one half of what is left, and there is always room for the others and for the
 * application, which is not counted.
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
