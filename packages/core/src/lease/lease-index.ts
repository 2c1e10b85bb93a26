import type { HeldToken } from '../request/held-token.ts';
import { queryOnce } from '../revocation/revocation-query.ts';
import { freshRevocationIds, markStops } from '../stores/revocation-ids.ts';
import {
  REVOCATION_KINDS,
  type RevocationKind,
  type RevocationMark,
} from '../stores/revocation-store.ts';

/** What a {@link LeaseIndex} keeps. */
export interface Indexed {
  /** Must be the same when an item is removed as when it was added. */
  readonly held: HeldToken;
}

/** One item, or several: most tokens are used by one connection. */
type Slot<Item> = Item | Set<Item>;

/** Kinds that are indexed. A mark on an issuer is on so many leases that a walk through all costs no more. */
const INDEXED_KINDS = REVOCATION_KINDS.filter((kind) => kind !== 'issuer');

/**
 * Finds the leases that a mark is on. It keeps a number of 32 bits for each id under which a token may be
 * marked, since the ids themselves would take 64 bytes each; what it finds is compared by the whole id.
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

  /** Forgets all, at less cost than one by one. */
  clear(): void {
    for (const slots of this.#slots.values()) slots.clear();
  }

  /** The items whose tokens a mark stops. `all` is gone through for a mark on an issuer. */
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

/** The digest of each issuer is computed once, and not for each of its leases. */
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

/** Ids are digests, so their first eight characters are as good as any hash: 48 bits, folded to 32. */
function keyOf(id: string): number {
  let key = 0;
  for (let index = 0; index < 8; index++) key = (Math.imul(key, 31) + id.charCodeAt(index)) | 0;
  return key;
}
