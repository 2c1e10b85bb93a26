// Imported and not the global one: fake timers in an application's tests replace the global `setImmediate`, and
// requests that wait for it would hang.
import { setImmediate } from 'node:timers';
import { type Clock, systemClock } from '../lib/clock.ts';
import { type SignatureCheck, signatureHolds } from './check.ts';
import type { SignatureThread, StartThread } from './thread.ts';

/** Decides where signatures are verified, and when. */
export interface SignatureQueue {
  /** Whether the signature is valid. Throws (or rejects with) what OpenSSL throws. */
  verify(check: SignatureCheck): boolean | Promise<boolean>;
  /** Ends the thread, if there is one. Checks that wait are still answered. */
  close(): void;
}

interface Waiting {
  readonly check: SignatureCheck;
  readonly resolve: (holds: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One of this many checks waits for the next turn of the event loop, to see whether others arrive in the meantime. If
 * no other arrives, the number is doubled, up to LAST_LOOK.
 */
const FIRST_LOOK = 16;
const LAST_LOOK = 1_024;
/** How many signatures the calling thread verifies in one turn of the event loop. They take 80 to 280 µs. */
const OWN_SHARE = 4;
/**
 * How many checks are sent to the thread in one message. A message costs as much as one or two signatures, so it should
 * carry several. It should not carry more than this, because the last check of a burst waits for its whole batch.
 */
const BATCH = 8;
/**
 * When the thread is started. A turn is busy if more than BUSY_WAITING checks wait in it. The thread is started when
 * there were BUSY_TURNS more busy turns than other turns.
 */
const BUSY_TURNS = 16;
const BUSY_WAITING = 8;
/** After this time without a busy turn, the count of busy turns starts again. */
const LULL_MS = 100;
/** At most this many checks wait. If there are more, the oldest one is verified at once, so no check waits for long. */
const MAX_WAITING = 128;

/**
 * Makes the queue that decides where signatures are verified.
 *
 * - While requests come one at a time, each signature is verified at once, on the calling thread. That is the fastest
 *   way, and needs no promise.
 * - Synchronous answers hide whether requests come at the same time. So every N-th check waits one turn of the event
 *   loop, to see whether others arrive.
 * - If others arrive, checks wait in order. In each turn, a few are verified on the calling thread. Under load, a second
 *   thread is started, and takes the rest in batches.
 * - If there can be no second thread, no check ever waits.
 *
 * Node's thread pool is not used: the application needs it for files, DNS and hashing.
 */
export function createSignatureQueue(
  startThread: StartThread | undefined,
  clock: Clock = systemClock,
): SignatureQueue {
  const waiting: Waiting[] = [];
  let isTurnDue = false;
  /** How many checks were sent to the thread and are not answered yet. */
  let away = 0;
  let doneAtOnce = 0;
  let lookAfter = FIRST_LOOK;
  let busyTurns = 0;
  let lastBusyAt = 0;
  let thread: SignatureThread | undefined;
  /** From now on no check waits: each is verified at once. */
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

  /** From now on works as if there could be no thread. */
  function giveUp(): void {
    isOver = true;
    for (const each of waiting.splice(0)) settle(each);
  }

  /**
   * Sends checks to the thread, so that it has as many as the calling thread and both are done at about the same time.
   * It sends whole batches. Only if the thread has nothing to do, it sends a smaller one at once.
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
      // If an answer were missing in the list, reading it could find a value on a polluted prototype. So the list is
      // used only if it has all answers.
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
        // A full batch is sent at once, so that the thread works while the rest of a burst arrives.
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
