import type { EventSink } from '../lib/event-sink.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { KeySnapshot, KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { readSnapshot, snapshotOf } from './snapshot.ts';

/** Loads and saves the key snapshots of one issuer. No function throws or rejects. */
export interface SnapshotKeeper {
  /** Gives the stored snapshot; `undefined` if there is none, or it is not a snapshot of this issuer. */
  load(now: number): Promise<KeySnapshot | undefined>;
  /** Saves a snapshot in the background. While an earlier save is running, it does nothing. */
  save(keys: readonly VerificationKey[], fetchedAtMs: number): void;
  /** Emits the event that a loaded snapshot was used or refused. */
  report(outcome: 'loaded' | 'refused'): void;
}

/** Makes a keeper for `issuer`. Without a store, it loads and saves nothing. */
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
      emit('failed'); // The error is dropped, because it may quote the content of the store.
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
