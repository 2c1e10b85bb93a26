import { availableParallelism, cpus, loadavg } from 'node:os';

/** What the figures were taken on. */
export interface Environment {
  readonly node: string;
  readonly processor: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /** Of the last minute: above the number of busy cores of the benchmark itself, others were at work. */
  readonly loadAverage: number;
}

/** Describes this machine, as of now. */
export function environmentOf(): Environment {
  return {
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    loadAverage: loadavg()[0] ?? 0,
  };
}
