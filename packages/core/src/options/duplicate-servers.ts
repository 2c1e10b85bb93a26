import { type Warn, warnOperator } from '../lib/operator-warning.ts';
import { processWide } from '../lib/process-wide.ts';
import type { ResolvedOptions } from './resolve-options.ts';

// One record for the process: the mistake it finds is made across modules.
const known = processWide('resource-servers', () => ({
  counts: new Map<string, number>(),
  warned: false,
}));

/** As many of the same were made for each request, not one by one at start-up. */
const MADE_PER_REQUEST = 10;

/**
 * Remembers that a resource server exists; a second one with the same issuer and audience doubles
 * key fetches and caches, and is mostly a mistake: the event `config.duplicate_resource_server` says
 * so. At the tenth that is open at once, the process is warned (`AuthlyWarning`), once, whoever
 * listens: such servers are made for each request, fetch keys for each, and are never closed. Returns
 * what forgets the server again.
 */
export function noteResourceServer(
  { issuers, events }: Pick<ResolvedOptions, 'issuers' | 'events'>,
  warn: Warn = warnOperator,
): () => void {
  if (typeof issuers === 'function') return () => {};
  const keys = issuers.map(({ provider, audience }) => JSON.stringify([provider.issuer, audience]));
  issuers.forEach(({ provider }, index) => {
    const key = keys[index] ?? '';
    const count = known.counts.get(key) ?? 0;
    known.counts.set(key, count + 1);
    if (count > 0 && events.active) {
      events.emit({ type: 'config.duplicate_resource_server', issuer: provider.issuer });
    }
    if (count + 1 >= MADE_PER_REQUEST && !known.warned) {
      known.warned = true;
      warn(warningOf(provider.issuer), 'AuthlyWarning');
    }
  });
  let forgotten = false;
  return () => {
    if (forgotten) return;
    forgotten = true;
    for (const key of keys) {
      const count = (known.counts.get(key) ?? 1) - 1;
      if (count === 0) known.counts.delete(key);
      else known.counts.set(key, count);
    }
  };
}

function warningOf(issuer: string): string {
  return (
    `${MADE_PER_REQUEST} resource servers for ${issuer} are open in this process: authenticate({ … }) or createResourceServer({ … }) seems to run for each request. ` +
    'Each fetches keys and keeps a cache of its own. Make one at start-up and share it: const auth = authenticate({ … }); app.use(auth). In tests, close() each.'
  );
}
