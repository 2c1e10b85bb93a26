import { abortable } from '../lib/abortable.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { withoutStack } from '../lib/without-stack.ts';
import { AuthError } from '../model/errors.ts';
import type { AuthEvent } from '../model/events.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeySnapshot } from '../stores/key-snapshot-store.ts';
import { isKeyFetchError, KeyFetchError, withUrl } from './key-fetch-error.ts';
import type { KeyFetcher } from './key-fetcher.ts';
import type { ResolvedKeyOptions } from './key-options.ts';
import {
  chooseKey,
  type KeyChoice,
  type KeyQuery,
  type KeySet,
  rejectUnknownKey,
} from './key-set.ts';
import {
  advance,
  conclude,
  type Decision,
  decide,
  keysUsable,
  type Need,
  NO_KEYS,
  type RefreshEvent,
  retryAfterSec,
} from './refresh-policy.ts';
import { NO_HELD_KEYS, replaceKeys } from './replace-keys.ts';
import type { SnapshotKeeper } from './snapshot-keeper.ts';
import { inWords, reportIgnored, usableKeys } from './usable-keys.ts';

/** What a remote key set is made from. */
export interface RemoteKeySetContext {
  readonly issuer: string;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly timing: ResolvedKeyOptions;
  readonly random: () => number;
  readonly uses: readonly string[];
  readonly fetchKeys: KeyFetcher;
  readonly snapshots: SnapshotKeeper;
}

/**
 * Makes a key set that is fetched from the network. The refresh policy decides when; this function fetches, keeps the
 * keys, and emits the events. It works only when a request needs a key. The only timer is the time limit of a running
 * attempt, so an idle key set costs nothing and does not keep the process alive.
 */
export function createRemoteKeySet(context: RemoteKeySetContext): KeySet {
  const { issuer, clock, events, timing, random, uses, fetchKeys, snapshots } = context;
  const closing = new AbortController();
  let state = NO_KEYS;
  let held = NO_HELD_KEYS;
  let flight: Promise<void> = Promise.resolve();
  let lastFailure: unknown;

  return {
    find(query) {
      const choice = chooseKey(held.keys, query);
      const decision = look(needOf(query, choice), clock.now());
      if (!isWaiting(decision)) {
        return decision === 'unknown' ? Promise.reject(unasked()) : answer(decision, choice);
      }
      return flight.then(() => {
        const later = chooseKey(held.keys, query);
        const conclusion = conclude(state, needOf(query, later), clock.now());
        // The attempt was already running when this request came. The provider may have published the key after it
        // had answered that attempt.
        if (conclusion === 'unknown' && decision === 'wait') throw unasked();
        return answer(conclusion, later);
      });
    },
    isLive(key) {
      const decision = look('known', clock.now());
      return (decision === 'serve' || decision === 'serve_and_refresh') && held.live.has(key);
    },
    async ready(signal) {
      signal?.throwIfAborted();
      if (isWaiting(look('known', clock.now()))) await abortable(flight, signal);
      if (!isUsable()) throw unavailable();
    },
    close() {
      apply({ type: 'closed' });
      closing.abort(new KeyFetchError('network', 'The key set was closed'));
    },
  };

  /** Asks the policy what to do, and starts an attempt if the policy says so. */
  function look(need: Need, now: number): Decision {
    const decision = decide(state, need, now, timing);
    if (decision === 'serve_and_refresh' || decision === 'refresh_and_wait') {
      apply({ type: 'started', need, now });
      flight = attempt();
    }
    return decision;
  }

  function answer(
    decision: Decision,
    choice: KeyChoice,
  ): VerificationKey | Promise<VerificationKey> {
    if (decision === 'unavailable') return Promise.reject(unavailable());
    return choice === 'key_unknown' ? rejectUnknownKey() : choice;
  }

  /** Makes one attempt to fetch the keys, within the time limit. Never rejects; the result is in `state`. */
  async function attempt(): Promise<void> {
    const limit = new AbortController();
    const stop = () => limit.abort(closing.signal.reason);
    closing.signal.addEventListener('abort', stop, { once: true });
    const timer = setTimeout(
      () => limit.abort(new KeyFetchError('timeout', 'The provider took too long')),
      timing.fetchTimeoutMs,
    );
    timer.unref();
    // The snapshot is loaded while the provider is asked, so that no time is lost if the provider fails.
    const stored = isUsable() ? undefined : snapshots.load(clock.now());
    let asked: string | undefined;
    const onRequest = (url: string) => {
      asked = url;
    };
    try {
      const fetching = fetchKeys(limit.signal, onRequest);
      const { entries, freshForMs } = await abortable(fetching, limit.signal);
      succeed(prepare(entries), freshForMs);
    } catch (error) {
      // The store must answer within the rest of the time limit.
      const snapshot = await abortable(Promise.resolve(stored), limit.signal).catch(
        () => undefined,
      );
      fail(withUrl(error, asked));
      if (snapshot !== undefined) restore(snapshot);
    } finally {
      clearTimeout(timer);
      closing.signal.removeEventListener('abort', stop);
    }
  }

  function prepare(entries: readonly unknown[]): readonly VerificationKey[] {
    const { keys, ignored } = usableKeys(entries, { uses, maxKeys: timing.maxKeys });
    reportIgnored(ignored, issuer, events);
    if (keys.length > 0) return keys;
    throw new KeyFetchError('empty', `The key set has no usable key: ${inWords(ignored)}`);
  }

  function succeed(keys: readonly VerificationKey[], freshForMs: number): void {
    const now = clock.now();
    adopt(keys);
    apply({ type: 'loaded', freshForMs, now, random: random() });
    lastFailure = undefined;
    events.emit({ type: 'keys.refreshed', issuer, keys: keys.length });
    snapshots.save(held.keys, now);
  }

  function fail(error: unknown): void {
    const now = clock.now();
    apply({ type: 'failed', now, random: random() });
    lastFailure = error;
    if (state.closed) return;
    events.emit(refreshFailed(issuer, error));
    if (isUsable() && now >= state.freshUntil) {
      const staleForSec = Math.round((now - state.freshUntil) / 1_000);
      events.emit({ type: 'keys.stale', issuer, staleForSec });
    }
  }

  function restore({ keys: entries, fetchedAtMs }: KeySnapshot): void {
    const restored = advance(state, { type: 'restored', fetchedAt: fetchedAtMs }, timing);
    const { keys } = usableKeys(entries, { uses, maxKeys: timing.maxKeys });
    const fits = keys.length > 0 && keysUsable(restored, clock.now());
    snapshots.report(fits ? 'loaded' : 'refused');
    if (!fits) return;
    state = restored;
    adopt(keys);
  }

  function adopt(keys: readonly VerificationKey[]): void {
    const replacement = replaceKeys(held, keys);
    held = replacement.held;
    if (replacement.withdrawn > 0) {
      events.emit({ type: 'keys.withdrawn', issuer, keys: replacement.withdrawn });
    }
  }

  function apply(event: RefreshEvent): void {
    state = advance(state, event, timing);
  }

  function isUsable(): boolean {
    return keysUsable(state, clock.now());
  }

  function unavailable(): AuthError {
    return new AuthError('keys_unavailable', {
      retryAfterSec: retryAfterSec(state, clock.now(), timing),
      cause: lastFailure,
    });
  }

  /**
   * The refusal for an unknown key if no fetch was started to find it: the key may have been published since the last
   * fetch. `Retry-After` tells when to try again.
   */
  function unasked(): AuthError {
    const wait = retryAfterSec(state, clock.now(), timing);
    return withoutStack(() => new AuthError('key_unknown', { retryAfterSec: wait }));
  }

  /**
   * If the kid is known but does not fit the algorithm, the token is wrong, and a fetch would not help. That is not so
   * for an issuer whose kids recur.
   */
  function needOf(query: KeyQuery, choice: KeyChoice): Need {
    if (choice !== 'key_unknown') return 'known';
    const { kid, failed, kidsRecur } = query;
    // If the key failed, its issuer may have replaced it under the same kid.
    if (kid === undefined || failed !== undefined || kidsRecur) return 'unknown';
    return held.keys.some((key) => key.kid === kid) ? 'known' : 'unknown';
  }
}

function isWaiting(decision: Decision): boolean {
  return decision === 'wait' || decision === 'refresh_and_wait';
}

function refreshFailed(issuer: string, error: unknown): AuthEvent {
  const type = 'keys.refresh_failed';
  if (!isKeyFetchError(error)) return { type, issuer, cause: 'network' };
  const { failure: cause, url, status, code, statedIssuer, toWrite } = error;
  return {
    type,
    issuer,
    cause,
    ...(url !== undefined && { url }),
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(statedIssuer !== undefined && { statedIssuer }),
    ...(toWrite !== undefined && { toWrite }),
  };
}
