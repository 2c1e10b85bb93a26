import type { Clock } from '../lib/clock.ts';
import { isLoopback } from '../lib/endpoint-url.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { systemRandom } from '../lib/random.ts';
import type { KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { createKeyFetcher, urlsOf } from './key-fetcher.ts';
import type { ResolvedKeyOptions } from './key-options.ts';
import type { KeySet, KeySource } from './key-set.ts';
import { createRemoteKeySet } from './remote-key-set.ts';
import { createSnapshotKeeper } from './snapshot-keeper.ts';
import { createStaticKeySet } from './static-key-set.ts';

/** What a key set is made from: configuration, and access to the network and the clock. */
export interface KeySetContext {
  /** The configured issuer. `issuer` in the metadata must be equal to it, and events name it. */
  readonly issuer: string;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly events: EventSink;
  readonly timing: ResolvedKeyOptions;
  /** Random numbers in [0, 1), to vary times. Default {@link systemRandom}. */
  readonly random?: () => number;
  /** Accepted values of a JWK's `use` (RFC 7517 §4.2). Default `['sig']`. */
  readonly uses?: readonly string[];
  /** Where the last good keys are stored. Default: nowhere. */
  readonly snapshot?: KeySnapshotStore;
  /** Hosts that may be asked over http, in addition to loopback. Default: none. */
  readonly allowHttp?: readonly string[];
  /** Name of the issuer's preset, for messages. */
  readonly preset?: string;
}

/**
 * Makes the key set of one issuer. The first call of `find` or `ready` makes the first request. Throws a
 * `ConfigurationError` for a static set without a usable key, and for a URL that must not be fetched.
 */
export function createKeySet(source: KeySource, context: KeySetContext): KeySet {
  const { issuer, clock, events, fetch, timing, snapshot, allowHttp, preset } = context;
  const { random = systemRandom, uses = ['sig'] } = context;
  if (source.kind === 'static') {
    return createStaticKeySet(source.jwks, { issuer, events, uses, maxKeys: timing.maxKeys });
  }
  const fetchKeys = createKeyFetcher(source, { issuer, fetch, timing, allowHttp, preset });
  for (const host of new Set(urlsOf(source).flatMap(insecureHosts))) {
    events.emit({ type: 'config.http_allowed', issuer, host });
  }
  const snapshots = createSnapshotKeeper(issuer, snapshot, events);
  return createRemoteKeySet({ issuer, clock, events, timing, random, uses, fetchKeys, snapshots });
}

function insecureHosts(url: string): readonly string[] {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname) ? [hostname] : [];
}
