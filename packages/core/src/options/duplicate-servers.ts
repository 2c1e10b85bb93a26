import { type Warn, warnOperator } from '../lib/operator-warning.ts';
import { processWide } from '../lib/process-wide.ts';
import type { ResolvedOptions } from './resolve-options.ts';

// Shared by the whole process, because duplicates are mostly made in different modules.
const known = processWide('resource-servers', () => ({
  counts: new Map<string, number>(),
  warned: false,
}));

/** With this many equal servers, a server is probably made for each request, and not at start-up. */
const MADE_PER_REQUEST = 10;

/**
 * Remembers that a resource server exists. A second one with the same issuer and audience is mostly a mistake: keys are
 * then fetched twice, and there are two caches. It causes the event `config.duplicate_resource_server`.
 *
 * When ten of them are open at the same time, there is one process warning (`AuthlyWarning`), also if somebody listens to
 * events: probably a server is made for each request, which fetches keys each time and is never closed.
 *
 * Returns a function that forgets the server again.
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
