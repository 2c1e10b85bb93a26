import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { createStoreOutage, type StoreOutage } from '../lib/store-outage.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { RevocationStore } from '../stores/revocation-store.ts';

/** How revoked tokens are refused. */
export interface RevocationOptions {
  /** Where revocations are kept: `memoryRevocations()`, or a store that the processes of this API share. */
  readonly store: RevocationStore;
  /**
   * What happens to requests while the store fails. `'refuse'` answers them with 503. `'accept'` accepts their tokens,
   * **also revoked ones**, during the outage. Default `'refuse'`.
   */
  readonly onOutage?: 'refuse' | 'accept' | undefined;
  /** How long to wait for the store, in milliseconds, 1 to 60,000. After that it counts as down. Default 250. */
  readonly timeoutMs?: number | undefined;
}

/** {@link RevocationOptions} with every default filled in. */
export interface ResolvedRevocation {
  readonly store: RevocationStore;
  readonly onOutage: 'refuse' | 'accept';
  readonly timeoutMs: number;
  /** For how many seconds the store keeps a mark. Tokens that live longer are refused. */
  readonly retainSec: number;
  /**
   * Emits the events about outages of the store. There is one per resource server, so each outage
   * is reported once.
   */
  readonly outage: StoreOutage;
}

/** What the options are checked against. */
export interface RevocationContext {
  readonly clockToleranceSec: number;
  readonly events: EventSink;
}

const OPTIONS: OptionNames<RevocationOptions> = { store: true, onOutage: true, timeoutMs: true };

const LINE = 'revocation: { store: memoryRevocations() }';
const DEFAULT_TIMEOUT_MS = 250;
const MAX_TIMEOUT_MS = 60_000;

/** Checks the option `revocation` and decides every default. Throws {@link ConfigurationError}. */
export function resolveRevocation(
  options: RevocationOptions | undefined,
  { clockToleranceSec, events }: RevocationContext,
): ResolvedRevocation | undefined {
  if (options === undefined) return undefined;
  const given = checkOptions('revocation', options, OPTIONS, LINE);
  const { store, onOutage = 'refuse', timeoutMs = DEFAULT_TIMEOUT_MS } = given;
  if (onOutage !== 'refuse' && onOutage !== 'accept') {
    throw new ConfigurationError(
      "revocation.onOutage must be 'refuse' or 'accept'. Write: revocation: { store, onOutage: 'refuse' }",
    );
  }
  if (!(Number.isSafeInteger(timeoutMs) && timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new ConfigurationError(
      `revocation.timeoutMs must be a whole number from 1 to ${MAX_TIMEOUT_MS}. Write: revocation: { store, timeoutMs: 250 }`,
    );
  }
  return Object.freeze({
    store,
    onOutage,
    timeoutMs,
    retainSec: checkStore(store, clockToleranceSec),
    outage: createStoreOutage(
      { store: 'revocation', outcome: onOutage === 'refuse' ? 'refused' : 'accepted' },
      events,
    ),
  });
}

function checkStore(store: RevocationStore, clockToleranceSec: number): number {
  const given: unknown = store;
  if (typeof given !== 'object' || given === null || typeof store.isRevoked !== 'function') {
    throw new ConfigurationError(
      `revocation.store must say which tokens were revoked. Write: ${LINE}, or a table of your own: revocation: { store: { retainSec: Infinity, isRevoked: async ({ tokenId }) => … } }`,
    );
  }
  const { retainSec, toleranceSec } = store;
  if (!(typeof retainSec === 'number' && retainSec > 0)) {
    throw new ConfigurationError(
      'revocation.store.retainSec must be a number of seconds above 0. It says how long a mark is kept. Write: retainSec: 86_400, or Infinity if marks are never removed',
    );
  }
  if (toleranceSec !== undefined && !(toleranceSec >= clockToleranceSec)) {
    throw new ConfigurationError(
      `clockToleranceSec is more than the toleranceSec of revocation.store, so that a token could outlive its mark. Write: memoryRevocations({ toleranceSec: ${Math.ceil(clockToleranceSec)} }), or a smaller clockToleranceSec`,
    );
  }
  return retainSec;
}
