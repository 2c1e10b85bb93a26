import type { HeldToken } from '../request/held-token.ts';
import { queryOnce } from '../revocation/revocation-query.ts';
import { freshRevocationIds, markStops } from '../stores/revocation-ids.ts';
import {
  REVOCATION_KINDS,
  type RevocationKind,
  type RevocationMark,
} from '../stores/revocation-store.ts';

/** An item of a {@link LeaseIndex}. */
export interface Indexed {
  /** The token. It must be the same when the item is removed as when it was added. */
  readonly held: HeldToken;
}

/** A single item, or a set of several. Most tokens are used by one connection, and need no set. */
type Slot<Item> = Item | Set<Item>;

/** The kinds that are indexed. A mark on an issuer stops so many leases that iterating over all of them is as fast. */
const INDEXED_KINDS = REVOCATION_KINDS.filter((kind) => kind !== 'issuer');

/**
 * Finds the leases that a mark stops. For each id by which a token can be revoked, it stores a 32-bit number instead
 * of the id itself, which would take 64 bytes. Leases that are found by this number are then compared by the whole id.
 */
export class LeaseIndex<Item extends Indexed> {
  readonly #slots: ReadonlyMap<RevocationKind, Map<number, Slot<Item>>> = new Map(
    INDEXED_KINDS.map((kind) => [kind, new Map()]),
  );

  add(item: Item): void {
    this.#forEachKey(item, (slots, key) => {
      const slot = slots.get(key);
      if (slot === undefined) slots.set(key, item);
      else if (slot instanceof Set) slot.add(item);
      else if (slot !== item) slots.set(key, new Set([slot, item]));
    });
  }

  remove(item: Item): void {
    this.#forEachKey(item, (slots, key) => {
      const slot = slots.get(key);
      if (slot === item) slots.delete(key);
      if (!(slot instanceof Set)) return;
      slot.delete(item);
      if (slot.size === 0) slots.delete(key);
    });
  }

  /** Removes all items. Faster than to remove them one by one. */
  clear(): void {
    for (const slots of this.#slots.values()) slots.clear();
  }

  /** The items whose tokens a mark stops. For a mark on an issuer, it checks each item of `all`. */
  stoppedBy(mark: RevocationMark, all: readonly Item[]): readonly Item[] {
    if (mark.kind === 'issuer') return stoppedByIssuer(mark, all);
    const slot = this.#slots.get(mark.kind)?.get(keyOf(mark.id));
    if (slot === undefined) return [];
    return slot instanceof Set
      ? [...slot].filter((item) => isStopped(item, mark))
      : [slot].filter((item) => isStopped(item, mark));
  }

  #forEachKey({ held }: Item, visit: (slots: Map<number, Slot<Item>>, key: number) => void): void {
    const ids = freshRevocationIds(queryOnce(held.verified, held.token));
    for (const [kind, slots] of this.#slots) {
      for (const id of ids.of(kind)) visit(slots, keyOf(id));
    }
  }
}

function isStopped({ held }: Indexed, mark: RevocationMark): boolean {
  const query = queryOnce(held.verified, held.token);
  return markStops(mark, query) && freshRevocationIds(query).of(mark.kind).includes(mark.id);
}

/** Computes the digest of each issuer once, not for each of its leases. */
function stoppedByIssuer<Item extends Indexed>(
  mark: RevocationMark,
  all: readonly Item[],
): readonly Item[] {
  const named = new Map<string, boolean>();
  return all.filter(({ held }) => {
    const query = queryOnce(held.verified, held.token);
    const name = JSON.stringify(query.issuers);
    const known = named.get(name);
    const isNamed = known ?? freshRevocationIds(query).of('issuer').includes(mark.id);
    if (known === undefined) named.set(name, isNamed);
    return isNamed && markStops(mark, query);
  });
}

/** Ids are digests, so the first eight characters (48 bits) serve as a hash. They are reduced to 32 bits. */
function keyOf(id: string): number {
  let key = 0;
  for (let index = 0; index < 8; index++) key = (Math.imul(key, 31) + id.charCodeAt(index)) | 0;
  return key;
}
