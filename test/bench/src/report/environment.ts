import { availableParallelism, cpus, loadavg } from 'node:os';

/** The machine on which the figures were measured. */
export interface Environment {
  readonly node: string;
  readonly processor: string;
  /** Cores that this process may use. */
  readonly cores: number;
  /**
   * The load of the last minute. If it is higher than the number of cores that the benchmark uses,
   * other programs were running.
   */
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
