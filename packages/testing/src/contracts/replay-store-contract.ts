import { strict as assert } from 'node:assert';
import { createHash, randomUUID } from 'node:crypto';
import type { ReplayStore } from '@authly/core';
import type { ContractCase } from './contract-case.ts';

/** A store under test, with the means to test it. */
export interface ReplayStoreUnderTest {
  readonly store: ReplayStore;
  /** Another way to the same store, as a second process has it. Default: the store itself. */
  readonly other?: ReplayStore;
  /** Lets time pass for the store: moves its clock, or waits. */
  advance(ms: number): void | Promise<void>;
  /** Ends what was opened. */
  close?(): void | Promise<void>;
}

/** Long enough that nothing expires while a case runs on a slow machine. */
const TTL_MS = 2_000;
/** A store that counts whole seconds may keep an id for up to a second longer, but not for less. */
const GRACE_MS = 1_100;
const AT_ONCE = 200;

/**
 * What every replay store must do, as cases for any test runner. `open` makes a store for one case. Several
 * cases may share one server, because each case uses ids of its own.
 *
 * ```ts
 * describe('my replay store', () => {
 *   for (const { name, run } of replayStoreContract(openMyStore)) it(name, run);
 * });
 * ```
 *
 * It does not prove how much a store can hold, nor what the store does while its server is down: then it must reject.
 */
export function replayStoreContract(
  open: () => ReplayStoreUnderTest | Promise<ReplayStoreUnderTest>,
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

type Statement = (subject: ReplayStoreUnderTest) => Promise<void>;

const STATEMENTS: Readonly<Record<string, Statement>> = {
  async 'reserves an id for the first caller, and for nobody after that'({ store }) {
    const id = anId();
    assert.equal(await reserve(store, id), true);
    assert.equal(await reserve(store, id), false);
    assert.equal(await reserve(store, id), false);
  },

  async 'answers exactly true or false'({ store }) {
    const id = anId();
    assert.equal(typeof (await reserve(store, id)), 'boolean');
    assert.equal(typeof (await reserve(store, id)), 'boolean');
  },

  async 'tells ids apart by every character'({ store }) {
    const id = anId();
    const last = id.endsWith('A') ? 'B' : 'A';
    const others = [id.slice(0, -1) + last, (id.startsWith('A') ? 'B' : 'A') + id.slice(1)];
    for (const each of [id, ...others, swapCase(id)]) {
      assert.equal(await reserve(store, each), true, `${each} beside ${id}`);
    }
  },

  async 'is shared by everybody who uses it'({ store, other = store }) {
    const id = anId();
    assert.equal(await reserve(store, id), true);
    assert.equal(await reserve(other, id), false);
  },

  async 'reserves an id for exactly one of many callers at the same time'({
    store,
    other = store,
  }) {
    const id = anId();
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => reserve(index % 2 === 0 ? store : other, id)),
    );
    assert.equal(answers.filter((isFirst) => isFirst).length, 1);
  },

  async 'keeps an id for the whole of its time'({ store, advance }) {
    const id = anId();
    assert.equal(await reserve(store, id, TTL_MS), true);
    await advance(TTL_MS / 2);
    assert.equal(await reserve(store, id, TTL_MS), false);
  },

  async 'accepts an id again after its time'({ store, advance }) {
    const id = anId();
    assert.equal(await reserve(store, id, TTL_MS), true);
    await advance(TTL_MS + GRACE_MS);
    assert.equal(await reserve(store, id, TTL_MS), true);
    assert.equal(await reserve(store, id, TTL_MS), false);
  },

  async 'keeps each id for its own time, however long others are kept'({ store, advance }) {
    const [brief, lasting] = [anId(), anId()];
    assert.equal(await reserve(store, lasting, 10 * TTL_MS), true);
    assert.equal(await reserve(store, brief, TTL_MS / 2), true);
    await advance(TTL_MS / 2 + GRACE_MS);
    assert.equal(await reserve(store, lasting, TTL_MS), false);
    assert.equal(await reserve(store, brief, TTL_MS), true);
  },

  async 'does not change the time of an id when it is asked for again'({ store, advance }) {
    const [one, two] = [anId(), anId()];
    assert.equal(await reserve(store, one, TTL_MS), true);
    assert.equal(await reserve(store, one, 10 * TTL_MS), false);
    assert.equal(await reserve(store, two, 10 * TTL_MS), true);
    assert.equal(await reserve(store, two, 1), false);
    await advance(TTL_MS + GRACE_MS);
    assert.equal(await reserve(store, one, TTL_MS), true);
    assert.equal(await reserve(store, two, TTL_MS), false);
  },

  async 'refuses a reserved id also for another holder'({ store }) {
    const id = anId();
    assert.equal(await reserve(store, id, TTL_MS, anId()), true);
    assert.equal(await reserve(store, id, TTL_MS, anId()), false);
    assert.equal(await reserve(store, id), false);
  },
};

async function reserve(
  store: ReplayStore,
  id: string,
  ttlMs = TTL_MS,
  holder?: string,
): Promise<boolean> {
  const signal = AbortSignal.timeout(10 * TTL_MS);
  return await store.reserve(id, { ttlMs, signal, ...(holder !== undefined && { holder }) });
}

/** 43 characters, as ids are: a digest that nobody else has. */
function anId(): string {
  return createHash('sha256').update(randomUUID()).digest('base64url');
}

function swapCase(text: string): string {
  return [...text]
    .map((each) => (each === each.toLowerCase() ? each.toUpperCase() : each.toLowerCase()))
    .join('');
}
