// Not the global: fake timers in an application's tests would hold up who waits.
import { setImmediate } from 'node:timers';
import { type Clock, systemClock } from '../lib/clock.ts';
import { type SignatureCheck, signatureHolds } from './check.ts';
import type { SignatureThread, StartThread } from './thread.ts';

/** Decides where signatures are verified, and when. */
export interface SignatureQueue {
  /** Whether the signature holds. Rejects with what OpenSSL throws. */
  verify(check: SignatureCheck): boolean | Promise<boolean>;
  /** Ends the thread, if there is one. Nothing that waits is lost. */
  close(): void;
}

interface Waiting {
  readonly check: SignatureCheck;
  readonly resolve: (holds: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Done at once before the first look at who else is coming; each look that finds nobody doubles it. */
const FIRST_LOOK = 16;
const LAST_LOOK = 1_024;
/** Verified on the calling thread in a turn of the event loop: 80 to 280 µs. */
const OWN_SHARE = 4;
/**
 * Travel to the thread together, since a message costs as much as a signature or two. Not more of them: whoever
 * waits at the end of a burst waits for the last batch.
 */
const BATCH = 8;
/** So many more turns in which more than so many wait than turns in which fewer do: a thread is worth its start. */
const BUSY_TURNS = 16;
const BUSY_WAITING = 8;
/** So long without a turn in which many wait, and those before it count no more. */
const LULL_MS = 100;
/** More do not wait: each newcomer then has the oldest served at once, so that a flood delays nobody. */
const MAX_WAITING = 128;

/**
 * Verifies at once while requests come one by one: that is cheapest and quickest, and needs no promise.
 * Who comes one by one cannot be told while each is answered at once, so now and then one waits for the
 * next turn of the event loop, to see whether others come meanwhile. If so, all wait for their turn,
 * first come, first served: a few in each turn on the calling thread, the rest in batches on a thread of
 * our own, which is started under load alone. Where there can be none, nobody waits, ever.
 *
 * Node's own pool is left alone: it belongs to the application's files, DNS and hashing.
 */
export function createSignatureQueue(
  startThread: StartThread | undefined,
  clock: Clock = systemClock,
): SignatureQueue {
  const waiting: Waiting[] = [];
  let isTurnDue = false;
  /** Asked of the thread, and not answered yet. */
  let away = 0;
  let doneAtOnce = 0;
  let lookAfter = FIRST_LOOK;
  let busyTurns = 0;
  let lastBusyAt = 0;
  let thread: SignatureThread | undefined;
  /** Nobody waits any more. */
  let isOver = startThread === undefined;

  function comesAlone(): boolean {
    if (away > 0 || waiting.length > 0) return false;
    doneAtOnce = (doneAtOnce + 1) % lookAfter;
    return doneAtOnce > 0;
  }

  function turn(): void {
    isTurnDue = false;
    if (waiting.length > 1) lookAfter = thread?.isRunning ? 1 : FIRST_LOOK;
    else if (away === 0) lookAfter = Math.min(2 * lookAfter, LAST_LOOK);
    countBusyTurns();
    if (busyTurns >= BUSY_TURNS && thread === undefined && !isOver) start();
    feedThread();
    for (const each of waiting.splice(0, OWN_SHARE)) settle(each);
    if (waiting.length > 0) awaitTurn();
  }

  function countBusyTurns(): void {
    if (waiting.length <= BUSY_WAITING) {
      busyTurns = Math.max(0, busyTurns - 1);
      return;
    }
    const now = clock.now();
    busyTurns = now - lastBusyAt > LULL_MS ? 1 : busyTurns + 1;
    lastBusyAt = now;
  }

  function awaitTurn(): void {
    if (isTurnDue) return;
    isTurnDue = true;
    setImmediate(turn);
  }

  function start(): void {
    busyTurns = 0;
    thread = startThread?.((cause) => {
      thread = undefined;
      if (cause === 'failed') giveUp();
    });
    if (thread === undefined) giveUp();
  }

  /** From now on as if there could be no thread. */
  function giveUp(): void {
    isOver = true;
    for (const each of waiting.splice(0)) settle(each);
  }

  /**
   * Gives the thread what leaves both with equally much, so that both are done at the same time: in whole
   * batches, but for a first one, which shall not wait for more.
   */
  function feedThread(): void {
    while (thread?.isRunning) {
      const half = Math.floor((waiting.length - away) / 2);
      if (half < (away === 0 ? 2 : BATCH)) return;
      send(thread, waiting.splice(0, Math.min(BATCH, half)));
    }
  }

  function send(to: SignatureThread, batch: readonly Waiting[]): void {
    away += batch.length;
    const checks = batch.map(({ check }) => check);
    to.verify(checks, (answers) => {
      away -= batch.length;
      feedThread();
      // An element that is missing may be read from a polluted prototype: all are there, or none counts.
      const complete = answers?.length === batch.length ? answers : undefined;
      batch.forEach((each, index) => {
        const answer = complete?.[index];
        if (answer === true || answer === false) each.resolve(answer);
        else settle(each);
      });
    });
  }

  return {
    verify(check) {
      if (isOver || comesAlone()) return signatureHolds(check);
      return new Promise((resolve, reject) => {
        waiting.push({ check, resolve, reject });
        // A whole batch need not wait for the turn: the thread is at it while the rest of a burst comes.
        if (waiting.length - away >= 2 * BATCH) feedThread();
        if (waiting.length > MAX_WAITING) settle(waiting.shift());
        awaitTurn();
      });
    },
    close() {
      isOver = true;
      thread?.close();
    },
  };
}

function settle(waiting: Waiting | undefined): void {
  try {
    waiting?.resolve(signatureHolds(waiting.check));
  } catch (error) {
    waiting?.reject(error);
  }
}
