import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { systemRandom } from '../lib/random.ts';
import type { KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { createKeyFetcher } from './key-fetcher.ts';
import type { ResolvedKeyOptions } from './key-options.ts';
import type { KeySet, KeySource } from './key-set.ts';
import { createRemoteKeySet } from './remote-key-set.ts';
import { createSnapshotKeeper } from './snapshot-keeper.ts';
import { createStaticKeySet } from './static-key-set.ts';

/** What a key set stands on: configuration, and the effects it may have. */
export interface KeySetContext {
  /** The configured issuer: metadata must state exactly this, and events name it. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly events: EventSink;
  readonly timing: ResolvedKeyOptions;
  /** Uniform in [0, 1), for jitter. Default {@link systemRandom}. */
  readonly random?: () => number;
  /** Accepted values of a JWK's `use` (RFC 7517 §4.2). Default `['sig']`. */
  readonly uses?: readonly string[];
  readonly snapshot?: KeySnapshotStore;
}

/**
 * The key set of one issuer. Makes no request by itself: the first `find` or `ready` does. Throws a
 * `ConfigurationError` for a static set without a usable key, or a URL that must not be fetched.
 */
export function createKeySet(source: KeySource, context: KeySetContext): KeySet {
  const { issuer, clock, events, fetch, timing, snapshot } = context;
  const { random = systemRandom, uses = ['sig'] } = context;
  if (source.kind === 'static') {
    return createStaticKeySet(source.jwks, { issuer, events, uses, maxKeys: timing.maxKeys });
  }
  const fetchKeys = createKeyFetcher(source, { issuer, fetch, timing });
  const snapshots = createSnapshotKeeper(issuer, snapshot, events);
  return createRemoteKeySet({ issuer, clock, events, timing, random, uses, fetchKeys, snapshots });
}
