import { Session } from 'node:inspector/promises';
import { basename } from 'node:path';

/** The share of the time that one source file took: from 0 to 1. */
export interface FileShare {
  readonly file: string;
  readonly share: number;
  readonly functions: readonly { readonly name: string; readonly share: number }[];
}

interface Place {
  readonly file: string;
  readonly name: string;
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

const INTERVAL_US = 100;
const OURS = /\/packages\/core\/dist\//;
const COLLECTOR = '(garbage collector)';
const OUTSIDE: Place = { file: 'the benchmark: fresh strings, its loop', name: 'all' };

/**
 * Samples `run` and counts each sample for the innermost frame of `@authly/core`. So calls from there into
 * Node.js or a dependency count for the file that made them.
 */
export async function profile(run: () => Promise<void>): Promise<readonly FileShare[]> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
  await session.post('Profiler.start');
  await run();
  const { nodes, samples = [] } = (await session.post('Profiler.stop')).profile;
  session.disconnect();

  const parents = new Map<number, number>();
  for (const { id, children = [] } of nodes) {
    for (const child of children) parents.set(child, id);
  }
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  return sharesOf(samples.map((id) => placeOf(id, frames, parents)));
}

function placeOf(
  id: number,
  frames: ReadonlyMap<number, Frame>,
  parents: ReadonlyMap<number, number>,
): Place {
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const { url = '', functionName = '' } = frames.get(at) ?? {};
    if (functionName === COLLECTOR) return { file: 'the garbage collector', name: 'all' };
    if (OURS.test(url)) return { file: basename(url), name: functionName || 'a closure' };
  }
  return OUTSIDE;
}

function sharesOf(places: readonly Place[]): readonly FileShare[] {
  const files = new Map<string, Map<string, number>>();
  for (const { file, name } of places) {
    const functions = files.get(file) ?? new Map<string, number>();
    functions.set(name, (functions.get(name) ?? 0) + 1 / places.length);
    files.set(file, functions);
  }
  return [...files]
    .map(([file, functions]) => ({
      file,
      share: [...functions.values()].reduce((sum, share) => sum + share, 0),
      functions: [...functions]
        .map(([name, share]) => ({ name, share }))
        .sort((a, b) => b.share - a.share),
    }))
    .sort((a, b) => b.share - a.share);
}
