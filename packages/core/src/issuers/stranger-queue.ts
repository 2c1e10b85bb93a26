import { isThenable, type MaybePromise } from '../lib/maybe-promise.ts';

/** Bounds of a {@link StrangerQueue}. */
export interface StrangerQueueOptions {
  /** Questions under way at once. */
  readonly maxRunning: number;
  /** Questions that wait until a running one ends. */
  readonly maxWaiting: number;
  /** How long one may wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Runs a bounded number of questions about names at once; a bounded number of further names waits. */
export interface StrangerQueue<Answer> {
  /**
   * The answer to the question about `name`. A question about the same name that runs or waits is shared. Like
   * `question`, it may return at once or throw.
   */
  ask(name: string, question: Question<Answer>): MaybePromise<Answer>;
  /** Rejects the questions that wait. Running questions go on. */
  close(): void;
}

type Question<Answer> = () => MaybePromise<Answer>;

interface Waiting<Answer> {
  readonly question: Question<Answer>;
  readonly answer: Promise<Answer>;
  readonly settle: (answer: MaybePromise<Answer>) => void;
  readonly timer: NodeJS.Timeout;
  /** How many callers wait for the answer. */
  askers: number;
}

/** Why a question was not asked. */
export class CrowdedError extends Error {
  constructor() {
    super('Too many unknown issuers are being looked up at the same time');
    this.name = 'CrowdedError';
  }
}

/**
 * A queue for names that anybody can invent. Next is the name with the most waiting callers, and among equals
 * the one that has waited longest. In a flood of invented names each comes once, while all callers of a tenant
 * bring the same name. When the queue is full, a new name replaces the one that would be served last, so a
 * flood mostly replaces its own names.
 */
export function createStrangerQueue<Answer>(options: StrangerQueueOptions): StrangerQueue<Answer> {
  const { maxRunning, maxWaiting, timeoutMs } = options;
  const running = new Map<string, Promise<Answer>>();
  /** In the order of arrival. */
  const waiting = new Map<string, Waiting<Answer>>();
  let closed = false;

  function run(name: string, question: Question<Answer>): MaybePromise<Answer> {
    const answer = question();
    if (!isThenable(answer)) return answer;
    const tracked = answer.finally(() => {
      running.delete(name);
      startNext();
    });
    running.set(name, tracked);
    return tracked;
  }

  function startNext(): void {
    while (running.size < maxRunning) {
      const chosen = foremost();
      if (chosen === undefined) return;
      const [name, entry] = chosen;
      remove(name, entry);
      try {
        entry.settle(run(name, entry.question));
      } catch (error) {
        entry.settle(Promise.reject(error));
      }
    }
  }

  function foremost(): [string, Waiting<Answer>] | undefined {
    let best: [string, Waiting<Answer>] | undefined;
    for (const entry of waiting) {
      if (best === undefined || entry[1].askers > best[1].askers) best = entry;
    }
    return best;
  }

  function wait(name: string, question: Question<Answer>): Promise<Answer> {
    if (waiting.size >= maxWaiting) refuse(hindmost());
    let settle: Waiting<Answer>['settle'] = () => {};
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve;
    });
    const timer = setTimeout(() => refuse(name), timeoutMs);
    timer.unref();
    waiting.set(name, { question, answer, settle, timer, askers: 1 });
    return answer;
  }

  /** Among the names with the fewest callers, the one that has waited longest: during a flood, the first. */
  function hindmost(): string | undefined {
    let worst: [string, Waiting<Answer>] | undefined;
    for (const entry of waiting) {
      if (worst === undefined || entry[1].askers < worst[1].askers) worst = entry;
      if (worst[1].askers === 1) break;
    }
    return worst?.[0];
  }

  function refuse(name: string | undefined): void {
    const entry = name === undefined ? undefined : waiting.get(name);
    if (name === undefined || entry === undefined) return;
    remove(name, entry);
    entry.settle(Promise.reject(new CrowdedError()));
  }

  function remove(name: string, { timer }: Waiting<Answer>): void {
    clearTimeout(timer);
    waiting.delete(name);
  }

  return {
    ask(name, question) {
      if (closed) return Promise.reject(new CrowdedError());
      const underWay = running.get(name);
      if (underWay !== undefined) return underWay;
      const entry = waiting.get(name);
      if (entry !== undefined) {
        entry.askers += 1;
        return entry.answer;
      }
      return running.size < maxRunning ? run(name, question) : wait(name, question);
    },
    close() {
      closed = true;
      for (const name of [...waiting.keys()]) refuse(name);
    },
  };
}
