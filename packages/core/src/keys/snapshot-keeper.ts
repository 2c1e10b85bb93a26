import type { EventSink } from '../lib/event-sink.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeySnapshot, KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { readSnapshot, snapshotOf } from './snapshot.ts';

/** One issuer's dealings with a {@link KeySnapshotStore}: nothing here rejects or throws. */
export interface SnapshotKeeper {
  /** The stored snapshot, if there is one and it can be relied on. */
  load(now: number): Promise<KeySnapshot | undefined>;
  /** Saves in the background; while an earlier save hangs, nothing further is saved. */
  save(keys: readonly VerificationKey[], fetchedAtMs: number): void;
  /** Tells what became of a snapshot. */
  report(outcome: 'loaded' | 'refused'): void;
}

/** A keeper for `issuer`; without a store it keeps nothing. */
export function createSnapshotKeeper(
  issuer: string,
  store: KeySnapshotStore | undefined,
  events: EventSink,
): SnapshotKeeper {
  const emit = (outcome: 'loaded' | 'saved' | 'refused' | 'failed') =>
    events.emit({ type: 'keys.snapshot', issuer, outcome });
  let saving = false;

  async function write(target: KeySnapshotStore, snapshot: KeySnapshot): Promise<void> {
    saving = true;
    try {
      await target.save(issuer, snapshot);
      emit('saved');
    } catch {
      emit('failed'); // A store's error may quote what it holds: it goes nowhere.
    } finally {
      saving = false;
    }
  }

  return {
    async load(now) {
      if (store === undefined) return undefined;
      try {
        const stored = await store.load(issuer);
        if (stored === undefined || stored === null) return undefined;
        const snapshot = readSnapshot(issuer, stored, now);
        if (snapshot === undefined) emit('refused');
        return snapshot;
      } catch {
        emit('failed');
        return undefined;
      }
    },
    save(keys, fetchedAtMs) {
      if (store === undefined || saving) return;
      void write(store, snapshotOf(issuer, keys, fetchedAtMs));
    },
    report: emit,
  };
}
