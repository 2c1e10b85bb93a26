import { type SignatureCheck, signatureHolds } from './signature.ts';
import type { SignatureThread } from './signature-thread.ts';

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

// Kept from here: fake timers in an application's tests must not hold up who waits.
const nextTurn = setImmediate;

/** Done at once before the first look at who else is coming; each look that finds nobody doubles it. */
const FIRST_LOOK = 16;
const LAST_LOOK = 1_024;
/** Verified on the calling thread in a turn of the event loop: 80 to 280 µs. */
const OWN_SHARE = 4;
/** Travel to the thread together: a message costs as much as a signature or two. */
const BATCH = 32;
/** Turns with more to do than the own share, before a thread is worth its start. */
const BUSY_TURNS = 16;
/** Whoever comes when so many wait is served at once: the queue is no place to hoard requests. */
const MAX_WAITING = 1_024;

/**
 * Verifies at once while requests come one by one: that is cheapest and quickest, and needs no promise.
 * Who comes one by one cannot be told while each is answered at once, so now and then one waits for the
 * next turn of the event loop, to see whether others come meanwhile. If so, all wait for their turn,
 * first come, first served: a few in each turn on the calling thread, the rest in batches on a thread of
 * our own, which is started under load and ended when the load is over. Without `startThread` nobody
 * waits, ever.
 *
 * Node's own pool is left alone: it belongs to the application's files, DNS and hashing.
 */
export function createSignatureQueue(
  startThread: (() => SignatureThread | undefined) | undefined,
): SignatureQueue {
  const waiting: Waiting[] = [];
  let isTurnDue = false;
  /** Asked of the thread, and not answered yet. */
  let away = 0;
  let doneAtOnce = 0;
  let lookAfter = FIRST_LOOK;
  let busyTurns = 0;
  let thread: SignatureThread | undefined;
  let closed = false;

  function comesAlone(): boolean {
    if (away > 0 || waiting.length > 0) return false;
    doneAtOnce = (doneAtOnce + 1) % lookAfter;
    return doneAtOnce > 0;
  }

  function turn(): void {
    isTurnDue = false;
    if (away === 0) lookAround();
    busyTurns = waiting.length > OWN_SHARE ? busyTurns + 1 : 0;
    if (busyTurns === BUSY_TURNS && !closed) thread ??= startThread?.();
    feedThread();
    for (const each of waiting.splice(0, OWN_SHARE)) settle(each);
    if (waiting.length > 0) awaitTurn();
  }

  function lookAround(): void {
    lookAfter = waiting.length > 1 ? FIRST_LOOK : Math.min(2 * lookAfter, LAST_LOOK);
    if (lookAfter < LAST_LOOK) return;
    thread?.close();
    thread = undefined;
  }

  function awaitTurn(): void {
    if (isTurnDue) return;
    isTurnDue = true;
    nextTurn(turn);
  }

  /** Keeps a batch ahead of what the thread is at, and leaves the own share to the turn. */
  function feedThread(): void {
    while (thread?.isRunning && away <= BATCH && waiting.length > OWN_SHARE) {
      send(thread, waiting.splice(0, Math.min(BATCH, waiting.length - OWN_SHARE)));
    }
  }

  function send(to: SignatureThread, batch: readonly Waiting[]): void {
    away += batch.length;
    const checks = batch.map(({ check }) => check);
    to.verify(checks, (answers) => {
      away -= batch.length;
      feedThread();
      batch.forEach((each, index) => {
        const answer = answers[index];
        if (answer === undefined) settle(each);
        else each.resolve(answer);
      });
    });
  }

  return {
    verify(check) {
      const isFull = waiting.length >= MAX_WAITING;
      const isAtOnce = startThread === undefined || closed || isFull || comesAlone();
      if (isAtOnce) return signatureHolds(check);
      return new Promise((resolve, reject) => {
        waiting.push({ check, resolve, reject });
        awaitTurn();
      });
    },
    close() {
      closed = true;
      thread?.close();
    },
  };
}

function settle({ check, resolve, reject }: Waiting): void {
  try {
    resolve(signatureHolds(check));
  } catch (error) {
    reject(error);
  }
}
