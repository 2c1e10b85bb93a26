import * as real from 'fast-check';

// What `fast-check` is in a long run: the same, but that a property goes on until its time is over,
// from another seed each time. The runner (run.ts) sets these.
const msForEach = Number(process.env['FUZZ_MS_FOR_EACH']);
const seed = Number(process.env['FUZZ_SEED']);
const deadline = Number(process.env['FUZZ_UNTIL']);

let asserted = 0;

/** `assert` of fast-check, for as long as a property may take; a failure tells seed and path. */
export function assert<Values>(
  property: real.IRawProperty<Values>,
  parameters: real.Parameters<Values> = {},
): Promise<void> | void {
  const left = deadline - Date.now();
  asserted += 1;
  return real.assert(property, {
    ...parameters,
    seed: (seed + asserted) | 0,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: Math.max(100, Math.min(msForEach, left)),
    // Being out of time is the plan.
    markInterruptAsFailure: false,
  });
}

// biome-ignore lint/performance/noReExportAll: it stands for the whole package
export * from 'fast-check';
// biome-ignore lint/style/noDefaultExport: as fast-check has it
export default { ...real, assert };
