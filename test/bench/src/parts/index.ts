import type { Findings } from '../report/report.ts';
import type { Scale } from './scale.ts';

/** The parts of the benchmark. */
export type PartName =
  | 'cold'
  | 'checks'
  | 'warm'
  | 'introspection'
  | 'bound'
  | 'shared'
  | 'certificates'
  | 'concurrent'
  | 'concurrent-pinned'
  | 'http'
  | 'hostile'
  | 'memory'
  | 'growth'
  | 'leases'
  | 'sockets'
  | 'start'
  | 'calling';

/** Each part by its name, in the order in which they run. A part is loaded when it runs. */
export const PARTS: Readonly<Record<PartName, (scale: Scale) => Promise<Findings>>> = {
  cold: async (scale) => (await import('./cold.ts')).cold(scale),
  checks: async (scale) => (await import('./checks.ts')).checks(scale),
  warm: async (scale) => (await import('./warm.ts')).warm(scale),
  introspection: async (scale) => (await import('./introspection.ts')).introspection(scale),
  bound: async (scale) => (await import('./bound.ts')).bound(scale),
  shared: async (scale) => (await import('./shared.ts')).shared(scale),
  certificates: async (scale) => (await import('./certificates.ts')).certificates(scale),
  concurrent: async (scale) => (await import('./concurrent.ts')).concurrent(scale),
  'concurrent-pinned': async (scale) => (await import('./concurrent.ts')).concurrentPinned(scale),
  http: async (scale) => (await import('./http.ts')).http(scale),
  hostile: async (scale) => (await import('./hostile.ts')).hostile(scale),
  memory: async (scale) => (await import('./memory.ts')).memory(scale),
  growth: async (scale) => (await import('./growth.ts')).growth(scale),
  leases: async (scale) => (await import('./leases.ts')).leases(scale),
  sockets: async (scale) => (await import('./sockets.ts')).sockets(scale),
  start: async (scale) => (await import('./start.ts')).start(scale),
  calling: async (scale) => (await import('./calling.ts')).calling(scale),
};

/** Whether there is a part of that name. */
export function isPartName(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}
