import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import type { IntrospectionStore } from '@authly/core';
import type { ContractCase } from './contract-case.ts';

/** A store of introspection answers under test, with the means to test it. */
export interface IntrospectionStoreUnderTest {
  readonly store: IntrospectionStore;
  /** Another way to the same store, as a second process has it. Default: the store itself. */
  readonly other?: IntrospectionStore;
  /** Lets time pass for the store: moves its clock, or waits. */
  advance(ms: number): void | Promise<void>;
  /** Ends what was opened. */
  close?(): void | Promise<void>;
}

/** Long enough that nothing expires while a case runs on a slow machine. */
const TTL_MS = 2_000;
/** A store that counts whole seconds may keep an entry for up to a second longer. */
const GRACE_MS = 1_100;
/** Core seals answers of at most 256 KiB. */
const LARGEST_BYTES = 260_000;

/**
 * What every store of introspection answers must do, as cases for any test runner. `open` makes a store for one
 * case. Several cases may share one server, because each case uses ids of its own.
 *
 * ```ts
 * describe('my store of introspection answers', () => {
 *   for (const { name, run } of introspectionStoreContract(openMyStore)) it(name, run);
 * });
 * ```
 *
 * It does not prove that an entry is still there later: a store may lose entries. And it does not prove what
 * core does: core uses only those bytes of a store that it sealed itself.
 */
export function introspectionStoreContract(
  open: () => IntrospectionStoreUnderTest | Promise<IntrospectionStoreUnderTest>,
): readonly ContractCase[] {
  return Object.entries(STATEMENTS).map(([name, holds]) => ({
    name,
    async run() {
      const subject = await open();
      try {
        await holds(subject);
      } finally {
        await subject.close?.();
      }
    },
  }));
}

type Statement = (subject: IntrospectionStoreUnderTest) => Promise<void>;

const STATEMENTS: Readonly<Record<string, Statement>> = {
  async 'returns nothing for an id that was not stored'({ store }) {
    assert.equal((await store.get(anId())) ?? undefined, undefined);
  },

  async 'returns the stored bytes unchanged, whatever they are'({ store }) {
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    const notText = Uint8Array.of(0xff, 0xfe, 0xc0, 0x80, 0);
    for (const bytes of [every, notText, randomBytes(LARGEST_BYTES)]) {
      const id = anId();
      await store.set(id, bytes, TTL_MS);
      await holdsBytes(store, id, bytes);
    }
  },

  async 'stores only the given bytes if they are a part of a larger buffer'({ store }) {
    const id = anId();
    const part = Uint8Array.from({ length: 64 }, (_, index) => index).subarray(16, 32);
    await store.set(id, part, TTL_MS);
    await holdsBytes(store, id, part);
  },

  async 'returns what was stored last'({ store }) {
    const id = anId();
    await store.set(id, Uint8Array.of(1, 2, 3), TTL_MS);
    await store.set(id, Uint8Array.of(4), TTL_MS);
    await holdsBytes(store, id, Uint8Array.of(4));
  },

  async 'tells ids apart by every character'({ store }) {
    const id = anId();
    const first = id.startsWith('A') ? 'B' : 'A';
    const last = id.endsWith('A') ? 'B' : 'A';
    await store.set(id, Uint8Array.of(1), TTL_MS);
    for (const other of [id.slice(0, -1) + last, first + id.slice(1), swapCase(id)]) {
      assert.equal((await store.get(other)) ?? undefined, undefined, `${other} beside ${id}`);
    }
  },

  async 'is shared by everybody who uses it'({ store, other = store }) {
    const id = anId();
    await store.set(id, Uint8Array.of(7, 8), TTL_MS);
    await holdsBytes(other, id, Uint8Array.of(7, 8));
  },

  async 'keeps an entry for its time, and no longer'({ store, advance }) {
    const [brief, lasting] = [anId(), anId()];
    await store.set(brief, Uint8Array.of(1), TTL_MS);
    await store.set(lasting, Uint8Array.of(2), 10 * TTL_MS);
    await advance(TTL_MS / 2);
    await holdsBytes(store, brief, Uint8Array.of(1));
    await advance(TTL_MS / 2 + GRACE_MS);
    assert.equal((await store.get(brief)) ?? undefined, undefined);
    await holdsBytes(store, lasting, Uint8Array.of(2));
  },

  async 'keeps an entry for the time with which it was stored last'({ store, advance }) {
    const id = anId();
    await store.set(id, Uint8Array.of(1), 10 * TTL_MS);
    await store.set(id, Uint8Array.of(2), TTL_MS / 2);
    await advance(TTL_MS / 2 + GRACE_MS);
    assert.equal((await store.get(id)) ?? undefined, undefined);
  },

  async 'accepts a time that is not a whole number'({ store }) {
    const id = anId();
    await store.set(id, Uint8Array.of(1), TTL_MS + 0.5);
    await holdsBytes(store, id, Uint8Array.of(1));
  },
};

async function holdsBytes(
  store: IntrospectionStore,
  id: string,
  expected: Uint8Array,
): Promise<void> {
  const bytes = await store.get(id);
  assert.ok(bytes instanceof Uint8Array, 'an entry is bytes');
  assert.ok(Buffer.from(expected).equals(bytes), 'the bytes are those that were given');
}

/** 43 characters, as ids are. */
function anId(): string {
  return randomBytes(32).toString('base64url');
}

function swapCase(text: string): string {
  return [...text]
    .map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase()))
    .join('');
}
