/** Heap and external memory that are still in use: after collections, so that garbage does not count. */
export function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Start this process with --expose-gc');
  // Collects several times, because finalizers of the first run release objects for the next.
  for (let run = 0; run < 3; run++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
