import { processWide } from '../lib/process-wide.ts';
import type { ResolvedOptions } from './resolve-options.ts';

// One record for the process: the mistake it finds is made across modules.
const known = processWide('resource-servers', () => new Map<string, number>());

/**
 * Remembers that a resource server exists; a second one with the same issuer and audience doubles
 * key fetches and caches, and is mostly a mistake: the event `config.duplicate_resource_server` says
 * so. Returns what forgets it again.
 */
export function noteResourceServer({ issuers, events }: ResolvedOptions): () => void {
  if (typeof issuers === 'function') return () => {};
  const keys = issuers.map(({ provider, audience }) => JSON.stringify([provider.issuer, audience]));
  issuers.forEach(({ provider }, index) => {
    const key = keys[index] ?? '';
    const count = known.get(key) ?? 0;
    known.set(key, count + 1);
    if (count > 0 && events.active) {
      events.emit({ type: 'config.duplicate_resource_server', issuer: provider.issuer });
    }
  });
  let forgotten = false;
  return () => {
    if (forgotten) return;
    forgotten = true;
    for (const key of keys) {
      const count = (known.get(key) ?? 1) - 1;
      if (count === 0) known.delete(key);
      else known.set(key, count);
    }
  };
}
