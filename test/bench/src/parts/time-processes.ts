import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/** The folder in which the peers are installed. */
export const HERE: string = fileURLToPath(new URL('../..', import.meta.url));

/** Runs whole processes from start to end in turns. Returns milliseconds. */
export function timeProcesses(
  programs: ReadonlyMap<string, string>,
  rounds: number,
): ReadonlyMap<string, number[]> {
  const times = new Map([...programs.keys()].map((name) => [name, [] as number[]]));
  // The first round fills the file system's cache and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, program] of programs) {
      const before = performance.now();
      const { status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        cwd: HERE,
      });
      const elapsed = performance.now() - before;
      if (status !== 0) throw new Error(`importing ${name} failed`);
      if (round > 0) times.get(name)?.push(elapsed);
    }
  }
  return times;
}
