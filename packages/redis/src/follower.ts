import type { Clock, RevocationMark } from '@authly/core';
import { isAfter } from './log-position.ts';
import type { LogHead, MarkLog } from './mark-log.ts';
import type { MarkMirror } from './mark-mirror.ts';
import type { MarkTable } from './mark-table.ts';

/** Keeps this process's copy of the marks up to date with the server. */
export interface Follower {
  /** Resolves once the marks are loaded; rejects when the current attempt fails. */
  loaded(): Promise<void>;
  readonly isLoaded: boolean;
  /** When the copy was last known to be right, in milliseconds since the epoch. */
  readonly seenAt: number;
  /** Loads all marks again, after the current read has ended. */
  reload(): void;
  /** Stops following. Later calls reject. */
  close(): void;
}

/** What a follower works with. */
export interface FollowerContext {
  readonly log: MarkLog;
  readonly table: MarkTable;
  readonly mirror: MarkMirror;
  readonly clock: Clock;
}

/** How long a read waits at the server, in milliseconds. So even an idle server answers this often. */
export const BLOCK_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 1_000;

/**
 * Loads all marks, then reads the log without end, each entry as soon as it is made. Loads all marks again when
 * it has missed an entry: the log was cut, or another server took over that lacks some entries. After a failure
 * it pauses and tries again.
 */
export function startFollower({ log, table, mirror, clock }: FollowerContext): Follower {
  /** The last entry that the copy holds; `undefined` if the copy must be loaded. */
  let head: LogHead | undefined;
  let isLoaded = false;
  let isClosed = false;
  let isInDoubt = false;
  let seenAt = Number.NEGATIVE_INFINITY;
  /**
   * How long the next read waits. 0 after a failure: the failed read may still wait in the connection and delay
   * this one.
   */
  let blockMs = BLOCK_MS;
  let loading = attempt();
  let wake: (() => void) | undefined;

  /**
   * Notes when the copy was right: at most the time of the question, since this process may have stood still
   * after the answer came.
   */
  function seen(atMost: number): void {
    seenAt = Math.min(clock.now(), atMost);
    mirror.sweep();
  }

  async function load(): Promise<void> {
    // The position in the log is taken first: marks that are made during the load come after it, and are read next.
    const start = await log.head();
    const marks: RevocationMark[] = [];
    for await (const some of table.scan()) for (const mark of some) marks.push(mark);
    mirror.replace(marks, start.at);
    head = start;
    isLoaded = true;
    seen(clock.now());
    loading.fulfill();
  }

  async function read(from: LogHead): Promise<void> {
    const answeredBy = clock.now() + blockMs;
    const entries = await log.after(from.at, blockMs);
    if (entries.length === 0) return await compare(from);
    let last = from;
    for (const entry of entries) {
      if (entry.previous !== last.nonce) {
        head = undefined;
        return;
      }
      mirror.follow(entry.at, entry.change);
      last = entry;
    }
    head = last;
    seen(answeredBy);
  }

  // No new entry may also mean that the server has lost entries.
  async function compare(from: LogHead): Promise<void> {
    const askedAt = clock.now();
    const now = await log.head();
    if (now.nonce === from.nonce) seen(askedAt);
    else if (!isAfter(now.at, from.at)) head = undefined;
  }

  async function run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!isClosed) {
      try {
        if (isInDoubt) head = undefined;
        isInDoubt = false;
        await (head === undefined ? load() : read(head));
        pauseMs = FIRST_PAUSE_MS;
        blockMs = BLOCK_MS;
      } catch (cause) {
        blockMs = 0;
        loading.fail(cause);
        if (!isLoaded && !isClosed) loading = attempt();
        await pause(pauseMs);
        pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, ms).unref();
    });
  }

  void run();
  return {
    loaded: () => loading.outcome,
    get isLoaded() {
      return isLoaded;
    },
    get seenAt() {
      return seenAt;
    },
    reload() {
      isInDoubt = true;
    },
    close() {
      isClosed = true;
      loading.fail(new Error('The stores were closed'));
      wake?.();
    },
  };
}

/** A first load, which others wait for. */
interface Attempt {
  readonly outcome: Promise<void>;
  fulfill(): void;
  fail(cause: unknown): void;
}

function attempt(): Attempt {
  let fulfill: () => void = ignore;
  let fail: (cause: unknown) => void = ignore;
  const outcome = new Promise<void>((resolve, reject) => {
    fulfill = resolve;
    fail = reject;
  });
  // Nobody may be waiting.
  outcome.catch(ignore);
  return { outcome, fulfill: () => fulfill(), fail: (cause) => fail(cause) };
}

function ignore(): void {}
