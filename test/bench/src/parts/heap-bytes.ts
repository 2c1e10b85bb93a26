/** Heap and external memory that are still in use: after collections, so that garbage does not count. */
export function heapBytes(): number {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Start this process with --expose-gc');
  // Finalizers of the first run free what the second one finds.
  for (let run = 0; run < 3; run++) gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
